import { render } from "preact";
import { useEffect } from "preact/hooks";
import { ask, type Webhook as Shown, session, signIn, signOut } from "./api.ts";
import { connection, listen } from "./live.ts";
import { Accounts } from "./pages/accounts.tsx";
import { Deliveries } from "./pages/deliveries.tsx";
import { Delivery } from "./pages/delivery.tsx";
import { Overview } from "./pages/overview.tsx";
import { Users } from "./pages/users.tsx";
import { Webhook } from "./pages/webhook.tsx";
import { WebhookForm } from "./pages/webhook-form.tsx";
import { Webhooks } from "./pages/webhooks.tsx";
import { Show, useLoaded } from "./parts/loaded.tsx";
import { Link, place } from "./router.tsx";
import "./style.css";

/** What each path shows, by what it begins with. */
const PAGES: readonly (readonly [RegExp, (id: string) => preact.ComponentChild])[] = [
  [/^\/$/, () => <Overview />],
  [/^\/webhooks$/, () => <Webhooks />],
  [
    /^\/webhooks\/new$/,
    () => (
      <>
        <h1>Add webhook</h1>
        <WebhookForm />
      </>
    ),
  ],
  [/^\/webhooks\/([^/]+)\/edit$/, (id) => <Edit key={id} id={id} />],
  [/^\/webhooks\/([^/]+)$/, (id) => <Webhook key={id} id={id} />],
  [/^\/deliveries$/, () => <Deliveries />],
  [/^\/deliveries\/([^/]+)$/, (id) => <Delivery key={id} id={id} />],
  [/^\/users$/, () => <Users />],
  [/^\/accounts$/, () => <Accounts />],
];

function Edit({ id }: { readonly id: string }) {
  const loaded = useLoaded(id, () => ask<{ readonly webhook: Shown }>("GET", `/webhooks/${id}`));
  return (
    <>
      <h1>Edit webhook</h1>
      <Show of={loaded}>{({ webhook }) => <WebhookForm webhook={webhook} />}</Show>
    </>
  );
}

function Page() {
  const { path } = place.value;
  for (const [pattern, show] of PAGES) {
    const found = pattern.exec(path);
    if (found !== null) return <>{show(decodeURIComponent(found[1] ?? ""))}</>;
  }
  return (
    <div class="card empty">
      <h1>There is no such page</h1>
      <Link to="webhooks">To the webhooks</Link>
    </div>
  );
}

const CONNECTION = {
  connecting: "Connecting",
  live: "Live",
  lost: "Connection lost: trying again",
} as const;

function Shell() {
  const { path } = place.value;
  useEffect(listen, []);
  const current = (to: string) => (path.startsWith(to) ? { "aria-current": "page" as const } : {});
  return (
    <>
      <a class="skip" href="#main">
        Skip to what is on this page
      </a>
      <nav class="rail" aria-label="Pages">
        <b>Heron</b>
        <Link to="" {...(path === "/" ? { "aria-current": "page" as const } : {})}>
          Overview
        </Link>
        <Link to="webhooks" {...current("/webhooks")}>
          Webhooks
        </Link>
        <Link to="deliveries" {...current("/deliveries")}>
          Deliveries
        </Link>
        <Link to="users" {...current("/users")}>
          Users
        </Link>
        {session.value?.admin === true && (
          <Link to="accounts" {...current("/accounts")}>
            Accounts
          </Link>
        )}
        <span class={`pill ${connection.value}`} role="status">
          {CONNECTION[connection.value]}
        </span>
        <span class="hint">{session.value?.account}</span>
        <button type="button" class="quiet" onClick={() => void signOut()}>
          Sign out
        </button>
      </nav>
      <main id="main" tabIndex={-1}>
        <Page />
      </main>
    </>
  );
}

function SignedOut() {
  return (
    <main class="signed-out">
      <div class="card empty">
        <h1>Nobody is signed in</h1>
        <p>Your link has been opened before, or its time is over. Ask whoever sent it for a new one.</p>
      </div>
    </main>
  );
}

function App() {
  if (session.value === undefined) return null;
  return session.value === null ? <SignedOut /> : <Shell />;
}

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
void signIn();
