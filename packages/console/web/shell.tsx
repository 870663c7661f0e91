import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { session, signOut } from "./api.ts";
import { connect } from "./live.ts";
import { Announcer } from "./parts/announcer.tsx";
import { ConnectionStatus } from "./parts/connection-status.tsx";
import { currentRoute, Link, navigate } from "./router.tsx";
import { JumpDialog } from "./shortcuts/jump-dialog.tsx";
import { ShortcutHelp } from "./shortcuts/shortcut-help.tsx";
import { toKeyLabels } from "./shortcuts/shortcuts.ts";
import { isApple, submitForm, useShortcuts } from "./shortcuts/use-shortcuts.ts";

/** Navigation, dialogs and announcements around every page. */
export function Shell({ children }: { readonly children: ComponentChildren }) {
  const [dialog, setDialog] = useState<"shortcuts" | "jump" | null>(null);
  const onClose = (): void => setDialog(null);
  useEffect(connect, []);
  useShortcuts({
    "?": () => setDialog("shortcuts"),
    "mod+k": () => setDialog((current) => (current === "jump" ? null : "jump")),
    "mod+Enter": submitForm,
    "g o": () => navigate(""),
    "g w": () => navigate("webhooks"),
    "g d": () => navigate("deliveries"),
    "g l": () => navigate("labels"),
    "g u": () => navigate("users"),
    ...(session.value?.heap_api === true ? { "g k": () => navigate("write-keys") } : {}),
    n: () => navigate("webhooks/new"),
  });
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <nav class="rail" aria-label="Pages">
        <b>Heron</b>
        <Navigation />
        <div class="rail-foot">
          <ConnectionStatus />
          <span class="hint">{session.value?.account}</span>
          <button type="button" class="quiet" onClick={() => setDialog("jump")}>
            Jump to… <kbd class="hint-key">{toKeyLabels("mod+k", isApple).join(" ")}</kbd>
          </button>
          <button type="button" class="quiet keys" onClick={() => setDialog("shortcuts")}>
            Keyboard shortcuts <kbd class="hint-key">?</kbd>
          </button>
          <button type="button" class="quiet" onClick={() => void signOut()}>
            Sign out
          </button>
        </div>
      </nav>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Announcer />
      {dialog === "shortcuts" && <ShortcutHelp onClose={onClose} />}
      {dialog === "jump" && <JumpDialog onClose={onClose} />}
    </>
  );
}

function Navigation() {
  const { path } = currentRoute.value;
  const current = (to: string) => (path.startsWith(to) ? { "aria-current": "page" as const } : {});
  return (
    <>
      <Link to="" {...(path === "/" ? { "aria-current": "page" as const } : {})}>
        Overview
      </Link>
      <Link to="webhooks" {...current("/webhooks")}>
        Webhooks
      </Link>
      <Link to="labels" {...current("/labels")}>
        Labels
      </Link>
      <Link to="deliveries" {...current("/deliveries")}>
        Deliveries
      </Link>
      <Link to="users" {...current("/users")}>
        Users
      </Link>
      {session.value?.heap_api === true && (
        <Link to="write-keys" {...current("/write-keys")}>
          Write keys
        </Link>
      )}
      {session.value?.admin === true && (
        <Link to="accounts" {...current("/accounts")}>
          Accounts
        </Link>
      )}
    </>
  );
}
