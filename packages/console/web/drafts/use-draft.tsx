import { useRef, useState } from "preact/hooks";
import { session } from "../api.ts";
import { clock } from "../parts/connection.tsx";
import { place } from "../router.tsx";
import { Drafts } from "./drafts.ts";

export interface Draft<T> {
  readonly value: T;
  /** When what was restored was typed; null if nothing was. */
  readonly restoredAt: number | null;
  change(parts: Partial<T>): void;
  /** Goes back to what there is without it. */
  discard(): void;
  /** It was saved. */
  done(): void;
}

/** What is typed in a form: it is there again after a reload, a slip, or a session that ended while it was saved. */
export function useDraft<T extends object>(initial: T, of = place.value.path): Draft<T> {
  const [path] = useState(of);
  const [drafts] = useState(() => new Drafts(sessionStorage, session.value?.account ?? ""));
  const [kept] = useState(() => drafts.restore<T>(path));
  const [value, setValue] = useState<T>({ ...initial, ...kept?.value });
  const [restoredAt, setRestoredAt] = useState(kept?.at ?? null);
  const latest = useRef(value);
  return {
    value,
    restoredAt,
    change(parts) {
      latest.current = { ...latest.current, ...parts };
      setValue(latest.current);
      if (JSON.stringify(latest.current) === JSON.stringify(initial)) drafts.discard(path);
      else drafts.keep(path, latest.current, Date.now());
    },
    discard() {
      drafts.discard(path);
      latest.current = initial;
      setValue(initial);
      setRestoredAt(null);
    },
    done() {
      drafts.discard(path);
      setRestoredAt(null);
    },
  };
}

/** Says that what is in a form was typed before, and how to be rid of it. */
export function Restored({
  draft: { restoredAt, discard },
}: {
  readonly draft: Pick<Draft<object>, "restoredAt" | "discard">;
}) {
  if (restoredAt === null) return null;
  return (
    <p class="restored" role="status">
      Restored what you had typed at {clock(restoredAt, false)} ·{" "}
      <button type="button" class="text" onClick={discard}>
        Discard
      </button>
    </p>
  );
}
