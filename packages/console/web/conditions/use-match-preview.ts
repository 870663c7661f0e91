import { useEffect, useState } from "preact/hooks";
import { callApi, type ApiError } from "../api.ts";
import { onDelivery } from "../live.ts";
import { toApiError } from "../parts/resource.tsx";
import type { ConditionInput } from "./condition-draft.ts";

/** What of the newest events is matched. */
export interface MatchResult {
  readonly examined_count: number;
  readonly matched_count: number;
  /** The newest of them. */
  readonly events: readonly {
    readonly heron_id: string;
    readonly topic: string;
    readonly published_at: string;
    readonly delivery: string;
  }[];
}

export interface MatchState {
  /** The last that could be asked for; null before. */
  readonly value: MatchResult | null;
  /** Why what is typed now could not be. */
  readonly failure: ApiError | null;
}

/** So long, in milliseconds, nothing must have been typed. */
export const DEBOUNCE_MS = 300;
/** However much happens, it is counted again so often, in milliseconds. */
const REFRESH_INTERVAL_MS = 3000;

/** What patterns and conditions would choose, as they are typed and as events happen; null while they are not whole. */
export function useMatchPreview(topics: readonly string[], conditions: readonly ConditionInput[] | null): MatchState {
  const [state, setState] = useState<MatchState>({ value: null, failure: null });
  const refreshCount = useRefreshCount();
  const requestJson = conditions === null || topics.length === 0 ? null : JSON.stringify({ topics, when: conditions });
  useEffect(() => {
    if (requestJson === null) return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      callApi<MatchResult>("POST", "/webhooks/matching", JSON.parse(requestJson)).then(
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

/** Another number after deliveries, now and then. */
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
