import { useEffect, useState } from "preact/hooks";
import { ask, type Refused } from "../api.ts";
import { onDelivery } from "../live.ts";
import { refusalOf } from "../parts/loaded.tsx";
import type { WrittenCondition } from "./condition-draft.ts";

/** What of the newest events is matched. */
export interface Matched {
  readonly looked: number;
  readonly matched: number;
  /** The newest of them. */
  readonly events: readonly {
    readonly heron_id: string;
    readonly topic: string;
    readonly published: string;
    readonly delivery: string;
  }[];
}

export interface Matching {
  /** The last that could be asked for; null before. */
  readonly value: Matched | null;
  /** Why what is typed now could not be. */
  readonly failure: Refused | null;
}

/** So long, in milliseconds, nothing must have been typed. */
export const PAUSE = 300;
/** However much happens, it is counted again so often, in milliseconds. */
const APART = 3000;

/** What patterns and conditions would choose, as they are typed and as events happen; null while they are not whole. */
export function useMatching(topics: readonly string[], when: readonly WrittenCondition[] | null): Matching {
  const [state, setState] = useState<Matching>({ value: null, failure: null });
  const turn = useTurn();
  const asked = when === null || topics.length === 0 ? null : JSON.stringify({ topics, when });
  useEffect(() => {
    if (asked === null) return;
    let isWanted = true;
    const timer = setTimeout(() => {
      ask<Matched>("POST", "/webhooks/matching", JSON.parse(asked)).then(
        (value) => isWanted && setState({ value, failure: null }),
        (error: unknown) => isWanted && setState(({ value }) => ({ value, failure: refusalOf(error) })),
      );
    }, PAUSE);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [asked, turn]);
  return state;
}

/** Another number after deliveries, now and then. */
function useTurn(): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const leave = onDelivery(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setTurn((before) => before + 1);
      }, APART);
    });
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, []);
  return turn;
}
