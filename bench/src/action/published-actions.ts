import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Receiver } from "./receiver.ts";
import { type ActionCompetitor, runOnce } from "./run.ts";
import { makeStep, parseDeclaredInputs } from "./runner.ts";

const MESSAGE = JSON.stringify({ text: "Deployed octo-org/octo-repo", by: "ada" });

/** The inputs of the published actions, by a part of their name. */
const INPUTS: readonly (readonly [string, (url: string) => Record<string, string>])[] = [
  ["slack", (url) => ({ webhook: url, "webhook-type": "incoming-webhook", payload: MESSAGE })],
  ["webhook-action", (url) => ({ url, body: MESSAGE })],
  ["http-request", (url) => ({ url, data: MESSAGE })],
];

/**
 * Published actions from the folder HERON_BENCH_ACTIONS: `<name>.js`, or a checkout `<name>/`. Logs and skips actions that
 * do not run here.
 */
export async function findPublishedActions(scratch: string, receiver: Receiver): Promise<ActionCompetitor[]> {
  const folder = process.env["HERON_BENCH_ACTIONS"] ?? "";
  if (folder === "") {
    console.log("published actions: none, HERON_BENCH_ACTIONS names no folder that has them");
    return [];
  }
  const competitors: ActionCompetitor[] = [];
  for (const entry of (await readdir(folder)).sort()) {
    const name = basename(entry, ".js");
    const file = entry.endsWith(".js") ? join(folder, entry) : join(folder, entry, "dist/index.js");
    const inputs = INPUTS.find(([part]) => name.includes(part))?.[1](receiver.url);
    if (inputs === undefined || !existsSync(file)) {
      console.log(`published actions: ${entry} left out, not known here or without dist/index.js`);
      continue;
    }
    const actionYml = join(folder, entry, "action.yml");
    const declared = existsSync(actionYml) ? await parseDeclaredInputs(actionYml) : {};
    const step = await makeStep(join(scratch, name), { ...declared, ...inputs });
    const subject: ActionCompetitor = { name, file, step, posts: true, published: true };
    try {
      await runOnce(subject, receiver);
      competitors.push(subject);
    } catch (error) {
      console.log(`published actions: ${entry} left out, ${String(error).split("\n").slice(0, 3).join(" ")}`);
    }
  }
  return competitors;
}
