import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type RowRange, toRowRange, type Viewport } from "./virtual-rows.ts";

export interface VirtualRows {
  readonly range: RowRange;
  /** Row height in pixels, measured because it depends on the font size. */
  readonly rowHeight: number;
  getViewport(): Viewport;
}

/** Computes the rows to render while the page scrolls. `rowMeasure` is an element as high as a row. */
export function useVirtualRows(
  list: RefObject<HTMLElement | null>,
  rowMeasure: RefObject<HTMLElement | null>,
  count: number,
): VirtualRows {
  const [range, setRange] = useState<RowRange>({ first: 0, end: 0 });
  const [rowHeight, setRowHeight] = useState(0);
  const latestCount = useRef(count);
  latestCount.current = count;
  const rowHeightRef = useRef(0);
  const getViewport = (): Viewport => ({
    scrolledPx: -(list.current?.getBoundingClientRect().top ?? 0),
    height: innerHeight,
    rowHeight: rowHeightRef.current,
    count: latestCount.current,
  });
  const updateRange = useRef(() => {});
  updateRange.current = () => {
    const next = toRowRange(getViewport());
    setRange((current) => (current.first === next.first && current.end === next.end ? current : next));
  };
  useLayoutEffect(() => {
    let frame = 0;
    const scheduleUpdate = (): void => {
      if (frame === 0)
        frame = requestAnimationFrame(() => {
          frame = 0;
          updateRange.current();
        });
    };
    const measureRow = (): void => {
      const next = rowMeasure.current?.getBoundingClientRect().height ?? 0;
      if (next === rowHeightRef.current) {
        scheduleUpdate();
        return;
      }
      // Keep the top row in place when the row height changes.
      const top = rowHeightRef.current > 0 ? getViewport().scrolledPx / rowHeightRef.current : 0;
      rowHeightRef.current = next;
      setRowHeight(next);
      if (top > 0) requestAnimationFrame(() => scrollBy(0, top * next - getViewport().scrolledPx));
      updateRange.current();
    };
    const resizeObserver = new ResizeObserver(measureRow);
    measureRow();
    if (rowMeasure.current !== null) resizeObserver.observe(rowMeasure.current);
    resizeObserver.observe(document.body);
    addEventListener("scroll", scheduleUpdate, { passive: true });
    addEventListener("resize", scheduleUpdate);
    return () => {
      cancelAnimationFrame(frame);
      resizeObserver.disconnect();
      removeEventListener("scroll", scheduleUpdate);
      removeEventListener("resize", scheduleUpdate);
    };
  }, []);
  useLayoutEffect(() => updateRange.current(), [count, rowHeight]);
  return { range, rowHeight, getViewport };
}
