import { rowsAScreen, scrollTo, type View } from "./window.ts";

/** What sticks to the top, and a little air. */
const MARGIN = 64;

/** Which row a key goes to, of `count`; null if it goes nowhere. `from` is -1 if there is none yet. */
export function rowAfter(key: string, from: number, view: View): number | null {
  const last = view.count - 1;
  if (last < 0) return null;
  const screen = rowsAScreen(view);
  // Without a row yet, it is the first of those that are seen.
  const seen = Math.min(last, Math.max(0, Math.ceil((view.above + MARGIN) / view.row)));
  const to: Readonly<Record<string, number>> = {
    ArrowDown: from < 0 ? seen : from + 1,
    ArrowUp: from < 0 ? seen : from - 1,
    PageDown: (from < 0 ? seen : from) + screen,
    PageUp: (from < 0 ? seen : from) - screen,
    Home: 0,
    End: last,
  };
  const row = to[key];
  return row === undefined ? null : Math.min(last, Math.max(0, row));
}

/** How far to scroll for it. */
export function scrollFor(index: number, view: View): number {
  return scrollTo(index, view, Math.min(MARGIN, Math.max(0, (view.height - view.row) / 2)));
}
