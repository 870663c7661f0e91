import { render } from "preact";
import { connectionError, session, signIn } from "./api.ts";
import { LabelForm } from "./labels/label-form.tsx";
import { AccountsPage } from "./pages/accounts.tsx";
import { DeliveriesPage } from "./pages/deliveries.tsx";
import { DeliveryPage } from "./pages/delivery.tsx";
import { EditWebhookPage } from "./pages/edit-webhook.tsx";
import { LabelPage } from "./pages/label.tsx";
import { LabelsPage } from "./pages/labels.tsx";
import { OverviewPage } from "./pages/overview.tsx";
import { SignedOutPage } from "./pages/signed-out.tsx";
import { UsersPage } from "./pages/users.tsx";
import { WebhookPage } from "./pages/webhook.tsx";
import { WebhookForm } from "./pages/webhook-form.tsx";
import { WebhooksPage } from "./pages/webhooks.tsx";
import { WriteKeysPage } from "./pages/write-keys.tsx";
import { Heading } from "./parts/heading.tsx";
import { currentRoute, Link } from "./router.tsx";
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

const ROUTES: readonly (readonly [RegExp, (id: string) => preact.ComponentChild])[] = [
  [/^\/$/, () => <OverviewPage />],
  [/^\/webhooks$/, () => <WebhooksPage />],
  [
    /^\/webhooks\/new$/,
    () => (
      <>
        <Heading title="Create webhook" />
        <WebhookForm />
      </>
    ),
  ],
  [/^\/webhooks\/([^/]+)\/edit$/, (id) => <EditWebhookPage key={`edit ${id}`} id={id} />],
  [/^\/webhooks\/([^/]+)$/, (id) => <WebhookPage key={id} id={id} />],
  [/^\/deliveries$/, () => <DeliveriesPage />],
  [/^\/deliveries\/([^/]+)$/, (id) => <DeliveryPage key={id} id={id} />],
  [/^\/labels$/, () => <LabelsPage />],
  [
    /^\/labels\/new$/,
    () => (
      <>
        <Heading title="Create label" />
        <LabelForm key="new label" />
      </>
    ),
  ],
  [/^\/labels\/(?:label\.)?([^/]+)$/, (name) => <LabelPage key={`label ${name}`} name={name} />],
  [/^\/write-keys$/, () => <WriteKeysPage />],
  [/^\/users$/, () => <UsersPage />],
  [/^\/accounts$/, () => <AccountsPage />],
];

function CurrentPage() {
  const { path } = currentRoute.value;
  for (const [pattern, renderPage] of ROUTES) {
    const match = pattern.exec(path);
    if (match !== null) return <>{renderPage(decodePathSegment(match[1] ?? ""))}</>;
  }
  return (
    <div class="card empty">
      <Heading title="Page not found" />
      <p>The link may be incomplete or outdated.</p>
      <Link to="webhooks">View webhooks</Link>
    </div>
  );
}

/** Returns malformed escapes unchanged. */
function decodePathSegment(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function ServerUnreachable() {
  return (
    <main class="signed-out">
      <div class="card empty" role="status">
        <Heading title="Offline">Server unavailable</Heading>
        <p>Retrying every few seconds.</p>
      </div>
    </main>
  );
}

function App() {
  if (session.value === undefined) return connectionError.value === null ? null : <ServerUnreachable />;
  if (session.value === null) return <SignedOutPage />;
  // Reset all state when the account changes.
  return (
    <Shell key={session.value.account}>
      <CurrentPage />
    </Shell>
  );
}

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
void signIn();
