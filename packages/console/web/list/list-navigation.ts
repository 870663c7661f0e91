import { countRowsPerPage, toScrollDelta, type Viewport } from "./virtual-rows.ts";

/** Sticky header plus spacing. */
const SCROLL_MARGIN_PX = 64;

/** The row that a key moves to; null for other keys. `from` is -1 without an active row. */
export function findTargetRow(key: string, from: number, view: Viewport): number | null {
  const last = view.count - 1;
  if (last < 0) return null;
  const pageSize = countRowsPerPage(view);
  // Without an active row, start at the first visible row.
  const firstVisible = Math.min(
    last,
    Math.max(0, Math.ceil((view.scrolledPx + SCROLL_MARGIN_PX) / view.rowHeight)),
  );
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

/** How far to scroll to show a row. */
export function getScrollDelta(index: number, view: Viewport): number {
  return toScrollDelta(
    index,
    view,
    Math.min(SCROLL_MARGIN_PX, Math.max(0, (view.height - view.rowHeight) / 2)),
  );
}
