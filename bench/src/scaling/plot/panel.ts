import { element, line, type Point, path, text } from "./svg.ts";

export interface Axis {
  readonly says: string;
  readonly from: number;
  readonly to: number;
  readonly isLog: boolean;
  readonly ticks: readonly { readonly at: number; readonly says: string }[];
}

export interface Line {
  readonly says: string;
  readonly points: readonly Point[];
}

export interface Panel {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  /** A place on the x axis that means something. */
  readonly mark?: { readonly at: number; readonly says: string };
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Colours that those tell apart who do not see all of them (Okabe and Ito), and dashes for those who see none. */
const STYLES = [
  { stroke: "#b34700", "stroke-dasharray": "none" },
  { stroke: "#0072b2", "stroke-dasharray": "9 4" },
  { stroke: "#007a5a", "stroke-dasharray": "2 4" },
  { stroke: "#7a3d8f", "stroke-dasharray": "10 3 2 3" },
] as const;
const INK = "#24292f";
const PALE = "#d8dee4";
/** Lines that go through a text end before it. */
const HALO = { stroke: "#ffffff", "stroke-width": 4, "paint-order": "stroke" } as const;
/** So much of a diagram is left to its legend, from above. */
const CLEAR = 0.2;

/** A diagram: its axes, its lines, and what they are. */
export function drawPanel({ title, x, y, lines, mark }: Panel, box: Box): string {
  const place = (point: Point): Point => ({
    x: box.left + partOf(x, point.x) * box.width,
    y: box.top + (1 - partOf(y, point.y)) * box.height,
  });
  return element("g", {}, [
    text(box.left, box.top - 34, title, { "font-size": 15, "font-weight": 600 }),
    // Above the axis and not beside it: nobody has to turn his head.
    text(box.left, box.top - 14, y.says),
    ...x.ticks.map(({ at, says }) => tick(place({ x: at, y: y.from }), place({ x: at, y: y.to }), says, "x")),
    ...y.ticks.map(({ at, says }) => tick(place({ x: x.from, y: at }), place({ x: x.to, y: at }), says, "y")),
    text(box.left + box.width / 2, box.top + box.height + 42, x.says, { "text-anchor": "middle" }),
    ...(mark === undefined ? [] : marked(place({ x: mark.at, y: y.from }), box, mark.says)),
    ...lines.map(({ points }, i) => path(points.map(place), { "stroke-width": 2.5, ...STYLES[i] })),
    ...legend(lines, box),
  ]);
}

/** A line across the diagram, and what stands at its beginning. */
function tick(from: Point, to: Point, says: string, axis: "x" | "y"): string {
  const label =
    axis === "x"
      ? text(from.x, from.y + 19, says, { "text-anchor": "middle" })
      : text(from.x - 8, from.y + 4.5, says, { "text-anchor": "end" });
  return line(from, to, { stroke: PALE }) + label;
}

function marked({ x }: Point, { top, height }: Box, says: string): string[] {
  const style = { stroke: INK, "stroke-dasharray": "2 3" };
  return [
    line({ x, y: top + height * CLEAR }, { x, y: top + height }, style),
    text(x + 6, top + height - 10, says, HALO),
  ];
}

/** At the upper left, where no line goes. */
function legend(lines: readonly Line[], { left, top }: Box): string[] {
  return lines.flatMap(({ says }, i) => {
    const y = top + 18 + i * 21;
    return [
      line({ x: left + 12, y }, { x: left + 46, y }, { "stroke-width": 2.5, ...STYLES[i] }),
      text(left + 54, y + 4.5, says, HALO),
    ];
  });
}

function partOf({ from, to, isLog }: Axis, at: number): number {
  return isLog ? Math.log(at / from) / Math.log(to / from) : (at - from) / (to - from);
}
