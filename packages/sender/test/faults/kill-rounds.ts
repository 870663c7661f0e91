import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CountingReceiver } from "./counting-receiver.ts";
import { readContents } from "./read-contents.ts";

export interface Kills {
  readonly rounds: number;
  /** Events that were accepted, over all rounds. */
  readonly accepted: number;
  /** Of these, how many never came. */
  readonly lost: number;
  readonly corrupt: number;
  /** Deliveries that had come at a kill without being written down: those that may come once more. */
  readonly inFlight: number;
  /** The most of them at one kill. */
  readonly mostInFlight: number;
  /** How often a delivery came again. */
  readonly again: number;
  /** How often although it was not in flight at a kill. */
  readonly doubled: number;
}

const PROGRAM = fileURLToPath(new URL("../kill-sender.ts", import.meta.url));
const LONGEST_MS = 250;
/** For what is left to be delivered at the end. */
const DRAIN_MS = 120_000;

/** Kills a sender at random moments, looks at its file and at what came each time, and starts it again on the same file. */
export async function killRounds(folder: string, rounds: number, random: () => number): Promise<Kills> {
  await using counter = await CountingReceiver.open();
  const path = join(folder, "heron.db");
  const said = join(folder, "said");
  const sending = (from: number): ChildProcess => {
    // To a file, since a pipe that is not read in time fails the writer.
    const out = openSync(said, "w");
    const child = spawn(process.execPath, [PROGRAM, path, counter.url, String(from)], {
      stdio: ["ignore", out, "inherit"],
    });
    closeSync(out);
    return child;
  };
  const accepted = new Set<string>();
  const flights = new Map<string, number>();
  let [corrupt, inFlight, mostInFlight] = [0, 0, 0];

  for (let round = 0; round < rounds; round++) {
    const child = sending(round * 1_000_000);
    counter.recent.clear();
    while (statSync(said).size === 0 && child.exitCode === null) await sleep(5);
    await sleep(random() * LONGEST_MS);
    child.kill("SIGKILL");
    if (child.signalCode === null) await once(child, "exit");
    if (child.signalCode !== "SIGKILL") throw new Error(`A sender ended by itself: ${child.exitCode}`);
    // The last line may have been cut.
    for (const id of readFileSync(said, "utf8").split("\n").slice(0, -1)) accepted.add(id);
    await counter.waitForDisconnects();
    const { pending, isWhole } = await lookAt(path, join(folder, "copy"));
    if (!isWhole) corrupt++;
    // Deliveries that arrived since this sender started and are still pending.
    const flying = pending.filter((id) => counter.recent.has(id));
    for (const id of flying) flights.set(id, (flights.get(id) ?? 0) + 1);
    inFlight += flying.length;
    mostInFlight = Math.max(mostInFlight, flying.length);
  }

  const last = sending(-1);
  const until = performance.now() + DRAIN_MS;
  const missing = (): string[] => [...accepted].filter((id) => !counter.events.has(id));
  while (missing().length > 0 && performance.now() < until) await sleep(50);
  last.kill("SIGKILL");
  await counter.waitForDisconnects();
  let [again, doubled] = [0, 0];
  for (const [id, times] of counter.accepted) {
    again += times - 1;
    doubled += Math.max(0, times - 1 - (flights.get(id) ?? 0));
  }
  const lost = missing().length;
  return { rounds, accepted: accepted.size, lost, corrupt, inFlight, mostInFlight, again, doubled };
}

/** Opens a copy, so that the next sender finds the file as the kill left it. */
async function lookAt(
  path: string,
  folder: string,
): Promise<{ readonly pending: readonly string[]; readonly isWhole: boolean }> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const end of ["", "-wal", "-journal"])
    if (existsSync(path + end)) copyFileSync(path + end, join(folder, `heron.db${end}`));
  const { deliveries, isIntact } = await readContents(join(folder, "heron.db"), "pending");
  return { pending: [...deliveries.keys()], isWhole: isIntact };
}
