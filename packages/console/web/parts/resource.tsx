import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../api.ts";
import { onReconnect } from "../live.ts";

export interface Resource<T> {
  readonly value: T | undefined;
  readonly failure: ApiError | undefined;
  reload(): void;
  set(value: T): void;
}

interface ResourceState<T> {
  readonly key: string;
  readonly value?: T | undefined;
  readonly failure?: ApiError | undefined;
}

/** Something from the API, loaded when it is first shown, whenever `key` changes, and when the connection is back. */
export function useResource<T>(key: string, load: () => Promise<T>): Resource<T> {
  const [state, setState] = useState<ResourceState<T>>({ key });
  const [reloadCount, setReloadCount] = useState(0);
  const latest = useRef(0);
  // What is loaded is named by its key.
  useEffect(() => {
    const requestId = ++latest.current;
    const isCurrent = (): boolean => requestId === latest.current;
    load().then(
      (value) => isCurrent() && setState({ key, value }),
      (error: unknown) =>
        isCurrent() && setState((before) => ({ key, value: before.value, failure: toApiError(error) })),
    );
    return () => {
      latest.current++;
    };
  }, [key, reloadCount]);
  const reload = (): void => setReloadCount((before) => before + 1);
  useEffect(() => onReconnect(reload), []);
  const isStale = state.key !== key;
  return {
    value: isStale ? undefined : state.value,
    failure: isStale ? undefined : state.failure,
    reload,
    set: (value) => setState({ key, value }),
  };
}

export function toApiError(error: unknown): ApiError {
  return error instanceof ApiError
    ? error
    : new ApiError(0, error instanceof Error ? error.message : String(error));
}

/** What could not be loaded, in its place, and why. */
export function LoadError({
  what: name,
  failure,
  retry: onRetry,
}: {
  readonly what: string;
  readonly failure: ApiError;
  readonly retry: () => void;
}) {
  return (
    <div class="card failed" role="alert">
      <h2>{failure.status === 404 ? `There is no such ${name}` : `The ${name} could not be loaded`}</h2>
      <p>{failure.message}</p>
      <button type="button" onClick={onRetry}>
        Retry
      </button>
    </div>
  );
}

export interface ResourceViewProps<T> {
  readonly resource: Resource<T>;
  /** What it is, in a word or two, as in “the webhook could not be loaded”. */
  readonly name: string;
  /** As high as what will be there: so many rows, or a whole page. */
  readonly placeholder?: ComponentChildren;
  readonly children: (value: T) => ComponentChildren;
}

/** What was loaded; until then its outline, and if it failed why. What was there stays, if it cannot be loaded again. */
export function ResourceView<T>({ resource: { value, failure, reload }, name, placeholder, children }: ResourceViewProps<T>) {
  const error = failure === undefined ? null : <LoadError what={name} failure={failure} retry={reload} />;
  if (value === undefined) return error ?? placeholder ?? <Skeleton rows={3} />;
  return (
    <>
      {error}
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
