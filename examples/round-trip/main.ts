// The main job, seen from outside: an Express and a Fastify receiver, each in a process of its own, and events sent
// to them over HTTP. Runs until Ctrl-C; with --once it ends after the round trip, with status 0 if every step held.
import { randomBytes } from "node:crypto";
import { signedRequest } from "@heron-webhooks/core/testing";
import { type RunningReceiver, startReceiver } from "./receiver.ts";

const secret = `sec_${randomBytes(32).toString("base64url")}`;
let failures = 0;

function show(step: string, holds: boolean, seen: string): void {
  if (!holds) failures++;
  console.log(`${holds ? "✓" : "✗"} ${step}\n    ${seen}`);
}

async function roundTrip({ name, url, nextEvent }: RunningReceiver): Promise<void> {
  console.log(`\n${name}: POST ${url}`);
  const data = { heron_id: "eus_Eqio3Y4dhyNiMphrXwG58p", end_user_id: "café ☕", status: "processed" };
  const event = signedRequest({ topic: "end_user.processed", data }, secret);
  console.log(`    Heron-Signature: ${event.headers["heron-signature"]}\n    ${Buffer.from(event.body)}`);

  const reply = await fetch(url, event);
  show("a signed event is answered with 200", reply.status === 200, `${reply.status} ${await reply.text()}`);
  const handled = await nextEvent();
  show(
    "its handler was given it",
    JSON.stringify(handled?.["data"]) === JSON.stringify(data),
    JSON.stringify(handled),
  );

  const again = await fetch(url, event);
  const answer = await again.text();
  show("sent again, it is not handled twice", answer.includes("duplicate"), `${again.status} ${answer}`);

  const forged = await fetch(url, { ...event, body: event.body.with(20, 88) });
  show(
    "with one letter changed, it is refused",
    forged.status === 401,
    `${forged.status} ${await forged.text()}`,
  );
}

/** What the reader pastes into another terminal. */
function byHand(url: string): string {
  const body = `{"topic":"end_user.reviewed","created":"'$(date -u +%FT%T+00:00)'","data":{"end_user_id":"by hand"},"meta":null}`;
  const signature = `$(printf %s "$body" | openssl dgst -sha256 -hmac '${secret}' -binary | base64)`;
  return `body='${body}'; curl -i ${url} -H "Heron-Signature: ${signature}" --data-binary "$body"`;
}

const receivers: RunningReceiver[] = [];
async function stop(): Promise<void> {
  await Promise.all(receivers.map((receiver) => receiver.stop()));
}
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void stop().then(() => process.exit(failures === 0 ? 0 : 1)));

try {
  receivers.push(await startReceiver("express-receiver", 3000, secret));
  receivers.push(await startReceiver("fastify-receiver", 3001, secret));
  for (const receiver of receivers) await roundTrip(receiver);
} catch (error) {
  failures++;
  console.error(error);
}
console.log(failures === 0 ? "\nEvery step held." : `\n${failures} failed.`);

if (process.argv.includes("--once") || failures > 0) {
  await stop();
  process.exitCode = failures === 0 ? 0 : 1;
} else {
  console.log("\nSend the next one by hand, from another terminal:\n");
  for (const { url } of receivers) console.log(`${byHand(url)}\n`);
  console.log("Ctrl-C ends both receivers.");
  for (const { name, nextEvent } of receivers) void shown(name, nextEvent);
}

async function shown(name: string, nextEvent: RunningReceiver["nextEvent"]): Promise<void> {
  for (let event = await nextEvent(); event !== null; event = await nextEvent())
    console.log(`  ${name} handled  ${JSON.stringify(event)}`);
}
