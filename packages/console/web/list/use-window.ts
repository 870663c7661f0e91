import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Band, bandOf, type View } from "./window.ts";

export interface Window {
  readonly band: Band;
  /** How high a row is, in pixels: as the styles say, so that it follows the size of the letters. */
  readonly row: number;
  view(): View;
}

/** Which rows of a list are to be there as the page is scrolled. `measure` is as high as a row. */
export function useWindow(
  list: RefObject<HTMLElement | null>,
  measure: RefObject<HTMLElement | null>,
  count: number,
): Window {
  const [band, setBand] = useState<Band>({ first: 0, end: 0 });
  const [row, setRow] = useState(0);
  const counted = useRef(count);
  counted.current = count;
  const height = useRef(0);
  const view = (): View => ({
    above: -(list.current?.getBoundingClientRect().top ?? 0),
    height: innerHeight,
    row: height.current,
    count: counted.current,
  });
  const look = useRef(() => {});
  look.current = () => {
    const next = bandOf(view());
    setBand((now) => (now.first === next.first && now.end === next.end ? now : next));
  };
  useLayoutEffect(() => {
    let frame = 0;
    const soon = (): void => {
      if (frame === 0)
        frame = requestAnimationFrame(() => {
          frame = 0;
          look.current();
        });
    };
    const measured = (): void => {
      const next = measure.current?.getBoundingClientRect().height ?? 0;
      if (next === height.current) {
        soon();
        return;
      }
      // Rows became higher or lower: what was on top stays there.
      const top = height.current > 0 ? view().above / height.current : 0;
      height.current = next;
      setRow(next);
      if (top > 0) requestAnimationFrame(() => scrollBy(0, top * next - view().above));
      look.current();
    };
    const resized = new ResizeObserver(measured);
    measured();
    if (measure.current !== null) resized.observe(measure.current);
    resized.observe(document.body);
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon);
    return () => {
      cancelAnimationFrame(frame);
      resized.disconnect();
      removeEventListener("scroll", soon);
      removeEventListener("resize", soon);
    };
  }, []);
  useLayoutEffect(() => look.current(), [count, row]);
  return { band, row, view };
}
