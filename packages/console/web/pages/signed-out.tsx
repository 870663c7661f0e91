import { useEffect } from "preact/hooks";
import { signIn } from "../api.ts";
import { hasDrafts } from "../drafts/drafts.ts";
import { Heading } from "../parts/heading.tsx";

/** Shown without a session. Signs in by itself after a link was opened in another tab. */
export function SignedOutPage() {
  useEffect(() => {
    const retrySignIn = (): void => {
      if (document.visibilityState === "visible") void signIn();
    };
    document.addEventListener("visibilitychange", retrySignIn);
    addEventListener("focus", retrySignIn);
    return () => {
      document.removeEventListener("visibilitychange", retrySignIn);
      removeEventListener("focus", retrySignIn);
    };
  }, []);
  return (
    <main class="signed-out">
      <div class="card empty">
        <Heading title="Signed out">You are not signed in</Heading>
        <p>This link has expired or was already used. Ask for a new one and open it in this browser.</p>
        {hasDrafts(sessionStorage) && (
          <p>Your unsaved changes are kept in this tab. Open the new link in another tab, then come back.</p>
        )}
        <button type="button" onClick={() => void signIn()}>
          Try again
        </button>
      </div>
    </main>
  );
}
