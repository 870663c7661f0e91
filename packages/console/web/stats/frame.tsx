import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { timeLabel, timesOf } from "./scale.ts";

const HEIGHT = 176;
const TOP = 8;
const BOTTOM = 24;
/** How wide a character of a label is, and how far apart labels of times are at least, in pixels. */
const CHARACTER = 7;
const APART = 64;

/** Where things are in a chart, in pixels. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  x(at: number): number;
  y(value: number): number;
}

export interface FrameProps {
  /** The gist, for who does not see it. */
  readonly label: string;
  readonly from: number;
  readonly to: number;
  /** From 0 up. */
  readonly ticks: readonly number[];
  readonly tickLabel: (value: number) => string;
  readonly children: (plot: Plot) => ComponentChildren;
}

/** A chart's axes, as wide as there is room: drawn in pixels, so that its labels are as large as other text. */
export function Frame({ label, from, to, ticks, tickLabel, children }: FrameProps) {
  const holder = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  const left = Math.max(...ticks.map((tick) => tickLabel(tick).length)) * CHARACTER + 8;
  const bottom = HEIGHT - BOTTOM;
  const most = ticks.at(-1) ?? 1;
  const plot: Plot = {
    left,
    right: width,
    bottom,
    x: (at) => left + ((at - from) / (to - from)) * (width - left),
    y: (value) => bottom - (value / most) * (bottom - TOP),
  };
  return (
    <div class="plot" ref={holder}>
      {width > 0 && (
        <svg role="img" aria-label={label} width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`}>
          {ticks.map((tick) => (
            <g key={tick}>
              <line class="grid" x1={left} x2={width} y1={plot.y(tick)} y2={plot.y(tick)} />
              <text x={left - 6} y={plot.y(tick)} dy="0.35em" text-anchor="end">
                {tickLabel(tick)}
              </text>
            </g>
          ))}
          <Times plot={plot} from={from} to={to} />
          {children(plot)}
        </svg>
      )}
    </div>
  );
}

function Times({ plot, from, to }: { readonly plot: Plot; readonly from: number; readonly to: number }) {
  const offset = new Date(to).getTimezoneOffset() * 60_000;
  const room = Math.max(1, Math.floor((plot.right - plot.left) / APART));
  const { step, times } = timesOf({ from, to }, room, offset);
  return (
    <>
      {times.map((at) => {
        const label = timeLabel(at, step);
        const half = (label.length * CHARACTER) / 2;
        const x = plot.x(at);
        // A label that would be cut off is left out; its mark is not.
        const isWhole = x - half >= 0 && x + half <= plot.right;
        return (
          <g key={at}>
            <line class="grid" x1={x} x2={x} y1={plot.bottom} y2={plot.bottom + 4} />
            {isWhole && (
              <text x={x} y={plot.bottom + 18} text-anchor="middle">
                {label}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}
