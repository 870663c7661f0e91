import { render } from "preact";
import { session, signIn, unreached } from "./api.ts";
import { LabelForm } from "./labels/form.tsx";
import { Accounts } from "./pages/accounts.tsx";
import { Deliveries } from "./pages/deliveries.tsx";
import { Delivery } from "./pages/delivery.tsx";
import { Edit } from "./pages/edit.tsx";
import { Label } from "./pages/label.tsx";
import { Labels } from "./pages/labels.tsx";
import { Overview } from "./pages/overview.tsx";
import { SignedOut } from "./pages/signed-out.tsx";
import { Users } from "./pages/users.tsx";
import { Webhook } from "./pages/webhook.tsx";
import { WebhookForm } from "./pages/webhook-form.tsx";
import { Webhooks } from "./pages/webhooks.tsx";
import { WriteKeys } from "./pages/write-keys.tsx";
import { Heading } from "./parts/heading.tsx";
import { Link, place } from "./router.tsx";
import { Shell } from "./shell.tsx";
import "./styles/page.css";
import "./styles/blocks.css";
import "./styles/forms.css";
import "./styles/narrow.css";
import "./styles/shell.css";
import "./styles/lists.css";
import "./styles/dialogs.css";
import "./styles/parts.css";
import "./styles/conditions.css";
import "./styles/modes.css";

/** What each path shows, by what it begins with. */
const PAGES: readonly (readonly [RegExp, (id: string) => preact.ComponentChild])[] = [
  [/^\/$/, () => <Overview />],
  [/^\/webhooks$/, () => <Webhooks />],
  [
    /^\/webhooks\/new$/,
    () => (
      <>
        <Heading title="Add webhook" />
        <WebhookForm />
      </>
    ),
  ],
  [/^\/webhooks\/([^/]+)\/edit$/, (id) => <Edit key={`edit ${id}`} id={id} />],
  [/^\/webhooks\/([^/]+)$/, (id) => <Webhook key={id} id={id} />],
  [/^\/deliveries$/, () => <Deliveries />],
  [/^\/deliveries\/([^/]+)$/, (id) => <Delivery key={id} id={id} />],
  [/^\/labels$/, () => <Labels />],
  [
    /^\/labels\/new$/,
    () => (
      <>
        <Heading title="Make label" />
        <LabelForm key="new label" />
      </>
    ),
  ],
  [/^\/labels\/(?:label\.)?([^/]+)$/, (name) => <Label key={`label ${name}`} name={name} />],
  [/^\/write-keys$/, () => <WriteKeys />],
  [/^\/users$/, () => <Users />],
  [/^\/accounts$/, () => <Accounts />],
];

function Page() {
  const { path } = place.value;
  for (const [pattern, show] of PAGES) {
    const found = pattern.exec(path);
    if (found !== null) return <>{show(decodedIn(found[1] ?? ""))}</>;
  }
  return (
    <div class="card empty">
      <Heading title="There is no such page" />
      <p>Its address may have been cut short, or it was of another version.</p>
      <Link to="webhooks">To the webhooks</Link>
    </div>
  );
}

/** What is no escaped text is itself. */
function decodedIn(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Nothing is known yet of who looks. */
function Unreached() {
  return (
    <main class="signed-out">
      <div class="card empty" role="status">
        <Heading title="No answer">The server gives no answer</Heading>
        <p>It is asked again every few seconds, and the page opens once it answers.</p>
      </div>
    </main>
  );
}

function App() {
  if (session.value === undefined) return unreached.value === null ? null : <Unreached />;
  if (session.value === null) return <SignedOut />;
  // Whoever comes in anew begins anew.
  return (
    <Shell key={session.value.account}>
      <Page />
    </Shell>
  );
}

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
void signIn();
