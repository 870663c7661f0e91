import type { Imbalance } from "./imbalance.ts";
import type { Curve } from "./noisy.ts";
import { drawPanel, type Panel } from "./plot/panel.ts";
import { element, text } from "./plot/svg.ts";
import { part, seconds } from "./shown.ts";

const WIDTH = 960;
const HEIGHT = 440;
const PANEL = { top: 72, width: 380, height: 300 };

/** The picture of `docs/scaling.md`. It has a ground of its own, so that it can be read on a dark page too. */
export function figure(noise: readonly Curve[], imbalances: readonly Imbalance[]): string {
  const ground = { x: 0.5, y: 0.5, width: WIDTH - 1, height: HEIGHT - 1, rx: 8 };
  const drawn = element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width: WIDTH,
      height: HEIGHT,
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-labelledby": "title desc",
      "font-family": "Lato, 'Helvetica Neue', Helvetica, Arial, sans-serif",
      "font-size": 13.5,
      fill: "#24292f",
    },
    [
      element("title", { id: "title" }, [
        "Waits beside a noisy account, and imbalance over shards, as simulated",
      ]),
      element("desc", { id: "desc" }, [description(noise, imbalances)]),
      element("rect", { ...ground, fill: "#ffffff", stroke: "#d0d7de" }),
      drawPanel(waits(noise), { ...PANEL, left: 72 }),
      drawPanel(fullest(imbalances), { ...PANEL, left: 552 }),
      text(WIDTH - 14, HEIGHT - 10, "simulated: pnpm bench scaling", {
        "text-anchor": "end",
        "font-size": 12,
        fill: "#57606a",
      }),
    ],
  );
  return `${drawn}\n`;
}

function waits(noise: readonly Curve[]): Panel {
  return {
    title: "Who waits when one account asks for too much",
    x: {
      says: "asked of the shard (by quiet accounts: 50 %)",
      from: 0.5,
      to: 2,
      isLog: false,
      ticks: [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2].map((at) => ({ at, says: part(at) })),
    },
    y: {
      says: "how long deliveries of quiet accounts wait, p99",
      from: 0.001,
      to: 1000,
      isLog: true,
      ticks: [
        { at: 0.001, says: "1 ms" },
        { at: 0.01, says: "10 ms" },
        { at: 0.1, says: "100 ms" },
        { at: 1, says: "1 s" },
        { at: 10, says: "10 s" },
        { at: 100, says: "100 s" },
        { at: 1000, says: "1000 s" },
      ],
    },
    lines: noise.map(({ name, points }) => ({
      says: `claimed ${name}`,
      points: points.map(({ load, p99 }) => ({ x: load, y: p99 })),
    })),
    mark: { at: 1, says: "all that it can do" },
  };
}

function fullest(imbalances: readonly Imbalance[]): Panel {
  const tick = (at: number): { readonly at: number; readonly says: string } => ({ at, says: String(at) });
  return {
    title: "How full the fullest shard is",
    x: {
      says: "shards, of 100,000 accounts by hash",
      from: 1,
      to: 1024,
      isLog: true,
      ticks: [1, 4, 16, 64, 256, 1024].map(tick),
    },
    y: {
      says: "traffic, as a multiple of the mean",
      from: 1,
      to: 100,
      isLog: true,
      ticks: [1, 2, 5, 10, 20, 50, 100].map(tick),
    },
    lines: imbalances.map(({ name, points }) => ({
      says: name,
      points: points.map(({ shards, times }) => ({ x: shards, y: times })),
    })),
  };
}

/** For those who hear it: what the lines come to. */
function description(noise: readonly Curve[], imbalances: readonly Imbalance[]): string {
  const ends = noise.map(({ name, points }) => {
    const last = points.at(-1);
    return `claimed ${name} it is ${seconds(last?.p99 ?? 0)} at ${part(last?.load ?? 0)}`;
  });
  const fullestOf = imbalances.map(({ name, points }) => {
    const sixteen = points.find(({ shards }) => shards === 16);
    return `${name} ${(sixteen?.times ?? 0).toFixed(2)}`;
  });
  return [
    "Left: the 99th percentile of how long deliveries of quiet accounts wait, by all that is asked for;",
    `${ends.join(", ")}.`,
    "Right: how many times the mean load the fullest shard has, by the number of shards; with 16 shards:",
    `${fullestOf.join(", ")}.`,
  ].join(" ");
}
