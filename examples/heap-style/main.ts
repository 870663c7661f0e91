// Sends events and user properties in templated bodies: rows for a data lake, and messages for Slack. Ends by itself.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { slackStandIn } from "@heron-webhooks/example-slack-stand-in";
import { startLake } from "./lake.ts";
import { happen, startTracking } from "./tracking.ts";

const folder = await mkdtemp(join(tmpdir(), "heron-heap-style-"));
const file = join(folder, "lake.ndjson");
const posts: string[] = [];
const slack = await slackStandIn(({ text }) => posts.push(text));
const lake = await startLake(file, () => secret);
const { sender, secret } = await startTracking({ lake: lake.url, slack: slack.url });

await happen(sender);
while (await isPending()) await sleep(20);

console.log(`The data lake, a row an event:\n\n${await readFile(file, "utf8")}`);
console.log(`Slack:\n\n${posts.join("\n")}`);

await sender.close();
await Promise.all([lake.close(), slack.close()]);
await rm(folder, { recursive: true });

/** A page may be empty without being the last. */
async function isPending(cursor?: string): Promise<boolean> {
  const { data, nextCursor } = await sender.deliveries.list({ state: "pending" }, { cursor });
  return data.length > 0 || (nextCursor !== null && isPending(nextCursor));
}
