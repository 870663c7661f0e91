import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { formatTimeTick, toTimeTicks } from "./scale.ts";

const HEIGHT_PX = 176;
const TOP_PX = 8;
const BOTTOM_PX = 24;
const CHARACTER_WIDTH_PX = 7;
const MIN_LABEL_SPACING_PX = 64;

/** Pixel coordinates of a chart. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  x(at: number): number;
  y(value: number): number;
}

export interface ChartFrameProps {
  /** Description for screen readers. */
  readonly label: string;
  readonly from: number;
  readonly to: number;
  /** Ascending, from 0. */
  readonly ticks: readonly number[];
  readonly formatTick: (value: number) => string;
  readonly children: (plot: PlotArea) => ComponentChildren;
}

/** The axes of a chart, drawn in pixels, so that labels have the size of other text. */
export function ChartFrame({ label, from, to, ticks, formatTick, children }: ChartFrameProps) {
  const container = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = container.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  const left = Math.max(...ticks.map((tick) => formatTick(tick).length)) * CHARACTER_WIDTH_PX + 8;
  const bottom = HEIGHT_PX - BOTTOM_PX;
  const maxValue = ticks.at(-1) ?? 1;
  const plot: PlotArea = {
    left,
    right: width,
    bottom,
    x: (at) => left + ((at - from) / (to - from)) * (width - left),
    y: (value) => bottom - (value / maxValue) * (bottom - TOP_PX),
  };
  return (
    <div class="plot" ref={container}>
      {width > 0 && (
        <svg
          role="img"
          aria-label={label}
          width={width}
          height={HEIGHT_PX}
          viewBox={`0 0 ${width} ${HEIGHT_PX}`}
        >
          {ticks.map((tick) => (
            <g key={tick}>
              <line class="grid" x1={left} x2={width} y1={plot.y(tick)} y2={plot.y(tick)} />
              <text x={left - 6} y={plot.y(tick)} dy="0.35em" text-anchor="end">
                {formatTick(tick)}
              </text>
            </g>
          ))}
          <TimeAxis plot={plot} from={from} to={to} />
          {children(plot)}
        </svg>
      )}
    </div>
  );
}

function TimeAxis({
  plot,
  from,
  to,
}: {
  readonly plot: PlotArea;
  readonly from: number;
  readonly to: number;
}) {
  const offset = new Date(to).getTimezoneOffset() * 60_000;
  const maxLabels = Math.max(1, Math.floor((plot.right - plot.left) / MIN_LABEL_SPACING_PX));
  const { step, times } = toTimeTicks({ from, to }, maxLabels, offset);
  return (
    <>
      {times.map((at) => {
        const label = formatTimeTick(at, step);
        const half = (label.length * CHARACTER_WIDTH_PX) / 2;
        const x = plot.x(at);
        // Omit a label that does not fit, but keep its tick mark.
        const fits = x - half >= 0 && x + half <= plot.right;
        return (
          <g key={at}>
            <line class="grid" x1={x} x2={x} y1={plot.bottom} y2={plot.bottom + 4} />
            {fits && (
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
