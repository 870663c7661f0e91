import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Refused } from "../api.ts";

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly failure: Refused | undefined;
  reload(): void;
  set(value: T): void;
}

/** Something from the API, loaded when it is first shown and whenever `key` changes. */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ readonly value?: T; readonly failure?: Refused }>({});
  const [turn, setTurn] = useState(0);
  // What is loaded is named by its key.
  useEffect(() => {
    let isWanted = true;
    load().then(
      (value) => isWanted && setState({ value }),
      (error: unknown) =>
        isWanted && setState({ failure: error instanceof Refused ? error : new Refused(0, String(error)) }),
    );
    return () => {
      isWanted = false;
    };
  }, [key, turn]);
  return {
    value: state.value,
    failure: state.failure,
    reload: () => setTurn(turn + 1),
    set: (value) => setState({ value }),
  };
}

/** What was loaded; until then its outline, and if it failed why. */
export function Show<T>({
  of,
  children,
}: {
  readonly of: Loaded<T>;
  readonly children: (value: T) => ComponentChildren;
}) {
  const { value, failure, reload } = of;
  if (failure !== undefined)
    return (
      <div class="card failed" role="alert">
        <p>{failure.message}</p>
        <button type="button" onClick={reload}>
          Try again
        </button>
      </div>
    );
  if (value === undefined)
    return (
      <div class="skeleton" aria-busy="true">
        <span class="visually-hidden">Loading</span>
        <i />
        <i />
        <i />
      </div>
    );
  return <>{children(value)}</>;
}
