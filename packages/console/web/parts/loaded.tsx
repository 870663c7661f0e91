import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Refused } from "../api.ts";
import { onReturn } from "../live.ts";

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly failure: Refused | undefined;
  reload(): void;
  set(value: T): void;
}

interface State<T> {
  readonly key: string;
  readonly value?: T | undefined;
  readonly failure?: Refused | undefined;
}

/** Something from the API, loaded when it is first shown, whenever `key` changes, and when the connection is back. */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<State<T>>({ key });
  const [turn, setTurn] = useState(0);
  const latest = useRef(0);
  // What is loaded is named by its key.
  useEffect(() => {
    const own = ++latest.current;
    const isWanted = (): boolean => own === latest.current;
    load().then(
      (value) => isWanted() && setState({ key, value }),
      (error: unknown) =>
        isWanted() && setState((before) => ({ key, value: before.value, failure: refusalOf(error) })),
    );
    return () => {
      latest.current++;
    };
  }, [key, turn]);
  const reload = (): void => setTurn((before) => before + 1);
  useEffect(() => onReturn(reload), []);
  const isOld = state.key !== key;
  return {
    value: isOld ? undefined : state.value,
    failure: isOld ? undefined : state.failure,
    reload,
    set: (value) => setState({ key, value }),
  };
}

export function refusalOf(error: unknown): Refused {
  return error instanceof Refused
    ? error
    : new Refused(0, error instanceof Error ? error.message : String(error));
}

/** What could not be loaded, in its place, and why. */
export function Failed({
  what,
  failure,
  retry,
}: {
  readonly what: string;
  readonly failure: Refused;
  readonly retry: () => void;
}) {
  return (
    <div class="card failed" role="alert">
      <h2>{failure.status === 404 ? `There is no such ${what}` : `The ${what} could not be loaded`}</h2>
      <p>{failure.message}</p>
      <button type="button" onClick={retry}>
        Retry
      </button>
    </div>
  );
}

export interface ShowProps<T> {
  readonly of: Loaded<T>;
  /** What it is, in a word or two, as in “the webhook could not be loaded”. */
  readonly what: string;
  /** As high as what will be there: so many rows, or a whole page. */
  readonly outline?: ComponentChildren;
  readonly children: (value: T) => ComponentChildren;
}

/** What was loaded; until then its outline, and if it failed why. What was there stays, if it cannot be loaded again. */
export function Show<T>({ of: { value, failure, reload }, what, outline, children }: ShowProps<T>) {
  const failed = failure === undefined ? null : <Failed what={what} failure={failure} retry={reload} />;
  if (value === undefined) return failed ?? outline ?? <Skeleton rows={3} />;
  return (
    <>
      {failed}
      {children(value)}
    </>
  );
}

/** Rows that are not there yet. For the first moment nothing is shown: most things come sooner. */
export function Skeleton({
  rows,
  kind = "line",
}: {
  readonly rows: number;
  readonly kind?: "line" | "row" | "block";
}) {
  return (
    <div class={`skeleton ${kind}`} aria-busy="true">
      <span class="visually-hidden">Loading</span>
      {Array.from({ length: rows }, (_, i) => (
        <i key={i} />
      ))}
    </div>
  );
}
