/** Rows of a list, from the first to before the end. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

export interface Viewport {
  /** How far the list's beginning is above the top of what is seen, in pixels; negative if it is below. */
  readonly scrolledPx: number;
  /** How high what is seen is. */
  readonly height: number;
  /** How high a row is. */
  readonly rowHeight: number;
  /** How many rows there are. */
  readonly count: number;
}

/** So many rows beyond what is seen are there too, so that a quick hand sees no gaps. */
export const OVERSCAN_ROWS = 8;

/** Which rows must be there. Stepwise, so that most of what is scrolled changes nothing. */
export function toRowRange({ scrolledPx, height, rowHeight, count }: Viewport): RowRange {
  if (rowHeight <= 0 || count === 0) return { first: 0, end: 0 };
  const step = OVERSCAN_ROWS / 2;
  const top = Math.floor(scrolledPx / rowHeight / step) * step - OVERSCAN_ROWS;
  const bottom = Math.ceil((scrolledPx + height) / rowHeight / step) * step + OVERSCAN_ROWS;
  const first = Math.min(Math.max(0, top), count);
  return { first, end: Math.max(first, Math.min(count, bottom)) };
}

/**
 * How far to scroll so that a row is seen, in pixels; 0 if it is. `margin` stays free above, where something sticks, and
 * below.
 */
export function toScrollDelta(index: number, { scrolledPx, height, rowHeight }: Viewport, margin: number): number {
  const top = index * rowHeight - scrolledPx;
  if (top < margin) return top - margin;
  const overflow = top + rowHeight + margin - height;
  return overflow > 0 ? Math.min(overflow, top - margin) : 0;
}

/** How many rows a page up or down is. */
export function countRowsPerPage({ height, rowHeight }: Pick<Viewport, "height" | "row">): number {
  return Math.max(1, Math.floor(height / rowHeight) - 2);
}
