import { useRef, useState } from "preact/hooks";
import { session } from "../api.ts";
import { formatClock } from "../parts/connection-status.tsx";
import { currentRoute } from "../router.tsx";
import { DraftStore } from "./drafts.ts";

export interface Draft<T> {
  readonly value: T;
  /** When the restored input was saved; null if nothing was restored. */
  readonly restoredAt: number | null;
  update(changes: Partial<T>): void;
  /** Resets to the initial value. */
  discard(): void;
  /** Call after a successful save. */
  markSaved(): void;
}

/** Keeps the input of a form across reloads, navigation and expired sessions. */
export function useDraft<T extends object>(initial: T, initialPath = currentRoute.value.path): Draft<T> {
  const [path] = useState(initialPath);
  const [drafts] = useState(() => new DraftStore(sessionStorage, session.value?.account ?? ""));
  const [stored] = useState(() => drafts.restore<T>(path));
  const [value, setValue] = useState<T>({ ...initial, ...stored?.value });
  const [restoredAt, setRestoredAt] = useState(stored?.savedAt ?? null);
  const latest = useRef(value);
  return {
    value,
    restoredAt,
    update(changes) {
      latest.current = { ...latest.current, ...changes };
      setValue(latest.current);
      if (JSON.stringify(latest.current) === JSON.stringify(initial)) drafts.discard(path);
      else drafts.save(path, latest.current, Date.now());
    },
    discard() {
      drafts.discard(path);
      latest.current = initial;
      setValue(initial);
      setRestoredAt(null);
    },
    markSaved() {
      drafts.discard(path);
      setRestoredAt(null);
    },
  };
}

/** Shows that input was restored, with a button to discard it. */
export function RestoredNotice({
  draft: { restoredAt, discard },
}: {
  readonly draft: Pick<Draft<object>, "restoredAt" | "discard">;
}) {
  if (restoredAt === null) return null;
  return (
    <p class="restored" role="status">
      Restored unsaved changes from {formatClock(restoredAt, false)} ·{" "}
      <button type="button" class="text" onClick={discard}>
        Discard
      </button>
    </p>
  );
}
