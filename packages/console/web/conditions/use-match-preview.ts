import { useEffect, useState } from "preact/hooks";
import { type ApiError, callApi } from "../api.ts";
import { onDelivery } from "../live.ts";
import { toApiError } from "../parts/resource.tsx";
import type { ConditionInput } from "./condition-draft.ts";

export interface MatchResult {
  readonly examined_count: number;
  readonly matched_count: number;
  /** The newest matching events. */
  readonly events: readonly {
    readonly heron_id: string;
    readonly topic: string;
    readonly published_at: string;
    readonly delivery: string;
  }[];
}

export interface MatchState {
  /** The last result; null before the first. */
  readonly value: MatchResult | null;
  /** Why the current input could not be evaluated. */
  readonly failure: ApiError | null;
}

export const DEBOUNCE_MS = 300;
const REFRESH_INTERVAL_MS = 3000;

/** Loads the match preview while the user types and when deliveries arrive. `conditions` is null while incomplete. */
export function useMatchPreview(
  topics: readonly string[],
  conditions: readonly ConditionInput[] | null,
): MatchState {
  const [state, setState] = useState<MatchState>({ value: null, failure: null });
  const refreshCount = useRefreshCount();
  const requestJson =
    conditions === null || topics.length === 0 ? null : JSON.stringify({ topics, conditions });
  useEffect(() => {
    if (requestJson === null) return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      callApi<MatchResult>("POST", "/webhooks/preview-matches", JSON.parse(requestJson)).then(
        (value) => isCurrent && setState({ value, failure: null }),
        (error: unknown) => isCurrent && setState(({ value }) => ({ value, failure: toApiError(error) })),
      );
    }, DEBOUNCE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [requestJson, refreshCount]);
  return state;
}

/** A counter that increases after deliveries, at most every `REFRESH_INTERVAL_MS`. */
function useRefreshCount(): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = onDelivery(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setCount((current) => current + 1);
      }, REFRESH_INTERVAL_MS);
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, []);
  return count;
}
