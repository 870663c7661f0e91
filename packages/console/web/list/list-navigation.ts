import { countRowsPerPage, toScrollDelta, type Viewport } from "./virtual-rows.ts";

/** What sticks to the top, and a little air. */
const SCROLL_MARGIN_PX = 64;

/** Which row a key goes to, of `count`; null if it goes nowhere. `from` is -1 if there is none yet. */
export function findTargetRow(key: string, from: number, view: Viewport): number | null {
  const last = view.count - 1;
  if (last < 0) return null;
  const pageSize = countRowsPerPage(view);
  // Without a row yet, it is the first of those that are seen.
  const firstVisible = Math.min(last, Math.max(0, Math.ceil((view.scrolledPx + SCROLL_MARGIN_PX) / view.rowHeight)));
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: from < 0 ? firstVisible : from + 1,
    ArrowUp: from < 0 ? firstVisible : from - 1,
    PageDown: (from < 0 ? firstVisible : from) + pageSize,
    PageUp: (from < 0 ? firstVisible : from) - pageSize,
    Home: 0,
    End: last,
  };
  const row = targets[key];
  return row === undefined ? null : Math.min(last, Math.max(0, row));
}

/** How far to scroll for it. */
export function getScrollDelta(index: number, view: Viewport): number {
  return toScrollDelta(index, view, Math.min(SCROLL_MARGIN_PX, Math.max(0, (view.height - view.rowHeight) / 2)));
}
