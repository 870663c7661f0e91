/** Rows of a list, from the first to before the end. */
export interface Band {
  readonly first: number;
  readonly end: number;
}

export interface View {
  /** How far the list's beginning is above the top of what is seen, in pixels; negative if it is below. */
  readonly above: number;
  /** How high what is seen is. */
  readonly height: number;
  /** How high a row is. */
  readonly row: number;
  /** How many rows there are. */
  readonly count: number;
}

/** So many rows beyond what is seen are there too, so that a quick hand sees no gaps. */
export const OVERSCAN = 8;

/** Which rows must be there. Stepwise, so that most of what is scrolled changes nothing. */
export function bandOf({ above, height, row, count }: View): Band {
  if (row <= 0 || count === 0) return { first: 0, end: 0 };
  const step = OVERSCAN / 2;
  const top = Math.floor(above / row / step) * step - OVERSCAN;
  const bottom = Math.ceil((above + height) / row / step) * step + OVERSCAN;
  const first = Math.min(Math.max(0, top), count);
  return { first, end: Math.max(first, Math.min(count, bottom)) };
}

/**
 * How far to scroll so that a row is seen, in pixels; 0 if it is. `margin` stays free above, where something sticks, and
 * below.
 */
export function scrollTo(index: number, { above, height, row }: View, margin: number): number {
  const top = index * row - above;
  if (top < margin) return top - margin;
  const beyond = top + row + margin - height;
  return beyond > 0 ? Math.min(beyond, top - margin) : 0;
}

/** How many rows a page up or down is. */
export function rowsAScreen({ height, row }: Pick<View, "height" | "row">): number {
  return Math.max(1, Math.floor(height / row) - 2);
}
