import { printTable } from "../table.ts";
import { TIMEOUT } from "./arrivals.ts";
import { ATTEMPT } from "./population.ts";

const RATES = [1000, 100_000, 10_000_000] as const;
/** What a shard is given to do, in events a second: what it can do is measured elsewhere, and depends on its machine. */
const PER_SHARD = [1000, 2500, 5000] as const;
const DAY = 86_400;
const DAYS = 30;
/** The sender's default. */
const SLOTS = 256;
/** A request on a connection that is kept: measured without TLS, for an event of 413 bytes, and with what TLS and TCP add. */
const REQUEST = 850;

/**
 * An event of 400 bytes with one delivery, and with two, in bytes: `node packages/postgres/test/volume.ts` measures it. Of
 * the log of what changes the lower is that of 1,000 webhooks within one checkpoint, the higher that of 20,000 webhooks of
 * which many deliveries are kept, with a checkpoint for every 20,000 events. With two deliveries the higher is reckoned:
 * what is more for one, twice.
 */
const EVENTS = [
  { deliveries: 1, kept: 763, wal: [1800, 7480] },
  { deliveries: 2, kept: 946, wal: [2690, 2690 + 2 * (7480 - 1800)] },
] as const;

type Load = (typeof EVENTS)[number];

/** What so many events a second come to: arithmetic, from what one event was measured to cost. */
export function reckon(): void {
  const hanging = 0.99 * ATTEMPT + 0.01 * TIMEOUT;
  const rows: [string, (rate: number, load: Load) => number[]][] = [
    ["deliveries a second", (rate, { deliveries }) => [rate * deliveries]],
    [`kept for ${DAYS} days, TB`, (rate, { kept }) => [(rate * kept * DAY * DAYS) / 1e12]],
    ["WAL, MB a second", (rate, { wal }) => wal.map((bytes) => (rate * bytes) / 1e6)],
    ["WAL, TB a day", (rate, { wal }) => wal.map((bytes) => (rate * bytes * DAY) / 1e12)],
    [`slots, attempts of ${ATTEMPT * 1000} ms`, (rate, { deliveries }) => [rate * deliveries * ATTEMPT]],
    ["slots, 1 in 100 hangs", (rate, { deliveries }) => [rate * deliveries * hanging]],
    [
      `processes of ${SLOTS} slots, 80 % busy`,
      (rate, { deliveries }) => [Math.ceil((rate * deliveries * hanging) / SLOTS / 0.8)],
    ],
    ["requests, Gbit a second", (rate, { deliveries }) => [(rate * deliveries * REQUEST * 8) / 1e9]],
    ...PER_SHARD.map((each): (typeof rows)[number] => [
      `shards of ${each} events a second`,
      (rate) => [Math.ceil(rate / each)],
    ]),
  ];
  printTable(
    "What events come to, of 400 bytes: with one delivery each to two, and of the log the lower to the higher",
    ["events a second", ...RATES.map(shown)],
    rows.map(([name, of]) => [
      name,
      ...RATES.map((rate) => rangeOf(EVENTS.flatMap((load) => of(rate, load)))),
    ]),
  );
  printShards();
}

function printShards(): void {
  printTable(
    `What a shard keeps in ${DAYS} days, and writes to its log`,
    ["events a second", "kept, TB", "WAL, MB a second"],
    PER_SHARD.map((rate) => [
      shown(rate),
      rangeOf(EVENTS.map(({ kept }) => (rate * kept * DAY * DAYS) / 1e12)),
      rangeOf(EVENTS.flatMap(({ wal }) => wal.map((bytes) => (rate * bytes) / 1e6))),
    ]),
  );
}

function rangeOf(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)].map(shown);
  return least === most ? String(least) : `${least} – ${most}`;
}

/** To two or three digits: it is no more exact. */
function shown(value: number): string {
  const rounded = value >= 100 ? Number(value.toPrecision(3)) : Number(value.toPrecision(2));
  return rounded.toLocaleString("en", { maximumFractionDigits: 3 });
}
