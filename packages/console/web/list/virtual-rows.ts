/** A half-open range of rows. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

export interface Viewport {
  /** Distance from the top of the list to the top of the viewport; negative if the list starts below. */
  readonly scrolledPx: number;
  /** Height of the viewport in pixels. */
  readonly height: number;
  readonly rowHeight: number;
  readonly count: number;
}

/** Rows rendered beyond the viewport, so that fast scrolling shows no gaps. */
export const OVERSCAN_ROWS = 8;

/** The rows to render. The range moves in steps, so that most scroll events change nothing. */
export function toRowRange({ scrolledPx, height, rowHeight, count }: Viewport): RowRange {
  if (rowHeight <= 0 || count === 0) return { first: 0, end: 0 };
  const step = OVERSCAN_ROWS / 2;
  const top = Math.floor(scrolledPx / rowHeight / step) * step - OVERSCAN_ROWS;
  const bottom = Math.ceil((scrolledPx + height) / rowHeight / step) * step + OVERSCAN_ROWS;
  const first = Math.min(Math.max(0, top), count);
  return { first, end: Math.max(first, Math.min(count, bottom)) };
}

/**
 * How far to scroll to show a row, in pixels; 0 if it is visible. `margin` stays free above, for the sticky header, and
 * below.
 */
export function toScrollDelta(
  index: number,
  { scrolledPx, height, rowHeight }: Viewport,
  margin: number,
): number {
  const top = index * rowHeight - scrolledPx;
  if (top < margin) return top - margin;
  const overflow = top + rowHeight + margin - height;
  return overflow > 0 ? Math.min(overflow, top - margin) : 0;
}

export function countRowsPerPage({ height, rowHeight }: Pick<Viewport, "height" | "rowHeight">): number {
  return Math.max(1, Math.floor(height / rowHeight) - 2);
}
