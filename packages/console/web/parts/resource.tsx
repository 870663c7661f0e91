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

/** Loads a resource on mount, when `key` changes and after a reconnect. */
export function useResource<T>(key: string, load: () => Promise<T>): Resource<T> {
  const [state, setState] = useState<ResourceState<T>>({ key });
  const [reloadCount, setReloadCount] = useState(0);
  const latest = useRef(0);
  // `key` identifies what `load` loads.
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

export function LoadError({
  name,
  failure,
  onRetry,
}: {
  readonly name: string;
  readonly failure: ApiError;
  readonly onRetry: () => void;
}) {
  return (
    <div class="card failed" role="alert">
      <h2>{failure.status === 404 ? `No such ${name}` : `Could not load the ${name}`}</h2>
      <p>{failure.message}</p>
      <button type="button" onClick={onRetry}>
        Retry
      </button>
    </div>
  );
}

export interface ResourceViewProps<T> {
  readonly resource: Resource<T>;
  /** The noun in “Could not load the webhook”. */
  readonly name: string;
  /** As high as the content, so that the layout does not move. */
  readonly placeholder?: ComponentChildren;
  readonly children: (value: T) => ComponentChildren;
}

/** Shows a resource, a placeholder while it loads, or an error. A failed reload keeps the old value. */
export function ResourceView<T>({
  resource: { value, failure, reload },
  name,
  placeholder,
  children,
}: ResourceViewProps<T>) {
  const error = failure === undefined ? null : <LoadError name={name} failure={failure} onRetry={reload} />;
  if (value === undefined) return error ?? placeholder ?? <Skeleton rows={3} />;
  return (
    <>
      {error}
      {children(value)}
    </>
  );
}

/** A placeholder that appears after a short delay. */
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
