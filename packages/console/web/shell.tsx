import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { session, signOut } from "./api.ts";
import { KeyHelp } from "./keys/help.tsx";
import { Jump } from "./keys/jump.tsx";
import { isApple, submitForm, useKeys } from "./keys/listen.ts";
import { partsOf } from "./keys/map.ts";
import { listen } from "./live.ts";
import { Announced } from "./parts/announced.tsx";
import { Pill } from "./parts/connection.tsx";
import { go, Link, place } from "./router.tsx";

/** What is around every page. */
export function Shell({ children }: { readonly children: ComponentChildren }) {
  const [dialog, setDialog] = useState<"keys" | "jump" | null>(null);
  const close = (): void => setDialog(null);
  useEffect(listen, []);
  useKeys({
    "?": () => setDialog("keys"),
    "mod+k": () => setDialog((now) => (now === "jump" ? null : "jump")),
    "mod+Enter": submitForm,
    "g o": () => go(""),
    "g w": () => go("webhooks"),
    "g d": () => go("deliveries"),
    "g l": () => go("labels"),
    "g u": () => go("users"),
    ...(session.value?.heap === true ? { "g k": () => go("write-keys") } : {}),
    n: () => go("webhooks/new"),
  });
  return (
    <>
      <a class="skip" href="#main">
        Skip to what is on this page
      </a>
      <nav class="rail" aria-label="Pages">
        <b>Heron</b>
        <Pages />
        <div class="rail-foot">
          <Pill />
          <span class="hint">{session.value?.account}</span>
          <button type="button" class="quiet" onClick={() => setDialog("jump")}>
            Jump to… <kbd class="hint-key">{partsOf("mod+k", isApple).join(" ")}</kbd>
          </button>
          <button type="button" class="quiet keys" onClick={() => setDialog("keys")}>
            Keys <kbd class="hint-key">?</kbd>
          </button>
          <button type="button" class="quiet" onClick={() => void signOut()}>
            Sign out
          </button>
        </div>
      </nav>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Announced />
      {dialog === "keys" && <KeyHelp close={close} />}
      {dialog === "jump" && <Jump close={close} />}
    </>
  );
}

function Pages() {
  const { path } = place.value;
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
      {session.value?.heap === true && (
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
