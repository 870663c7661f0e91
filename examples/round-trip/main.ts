// The complete flow over HTTP on this machine: an application emits events, and its sender delivers them to an Express
// and a Fastify receiver, a CRM with its own format, and Slack. Runs until Ctrl-C. With --once it ends by itself, with
// status 0 if everything succeeded.
import { signedRequest } from "@heron-webhooks/core/testing";
import { slackStandIn } from "@heron-webhooks/example-slack-stand-in";
import { startApplication } from "./application.ts";
import { AttemptPrinter } from "./attempt-printer.ts";
import { invite, onEnter } from "./by-hand.ts";
import { startConsole } from "./console.ts";
import { startCrm } from "./crm.ts";
import { findFreePort, type RunningReceiver, startReceiver } from "./receiver.ts";
import * as show from "./show.ts";

const printer = new AttemptPrinter();
const crm = await startCrm("crm_token", (contact) => printer.says("crm", `got ${contact}`));
const slack = await slackStandIn(({ text }) => printer.says("slack", `shows “${text}”`));
const application = await startApplication(printer.hooks);
const { sender } = application;
const console_ = await startConsole(sender);
const receivers: RunningReceiver[] = [];

async function start(name: "express" | "fastify", url: string, secret: string): Promise<void> {
  const port = Number(new URL(url).port);
  const receiver = await startReceiver(`${name}-receiver`, port, secret, (log) => printer.logs(name, log));
  receivers.push(receiver);
  void printer.follow(name, receiver);
}

let stopping: Promise<void> | undefined;
function stop(): Promise<void> {
  stopping ??= console_
    .close()
    .then(() => application.close())
    .then(() => Promise.all([crm.close(), slack.close(), ...receivers.map((receiver) => receiver.stop())]))
    .then(() => {});
  return stopping;
}
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void stop().then(() => process.exit()));

async function emitAll(): Promise<void> {
  for (const { topic, happen } of application.business) show.emitted(topic, await happen());
}

/** Sends a request that was changed after it was signed. */
async function forge(url: string, secret: string): Promise<number> {
  const topic = "end_user.processed";
  const signed = signedRequest({ topic, data: { end_user_id: "mallory" } }, secret);
  show.line("a forger", topic, "sends express a request with one letter changed");
  const { status } = await fetch(url, { ...signed, body: signed.body.with(20, 88) });
  show.line("  express", topic, `answers ${status}`, status === 401 ? "green" : "red");
  return status;
}

async function run(): Promise<readonly string[]> {
  const local = async (): Promise<string> => `http://127.0.0.1:${await findFreePort()}/webhooks/heron`;
  const [express, fastify] = [await local(), await local()];
  const secrets = await application.subscribe({
    express,
    fastify,
    crm: crm.url,
    crmToken: "crm_token",
    slack: slack.url,
  });
  await start("express", express, secrets.express);

  const { data: webhooks } = await sender.webhooks.list();
  show.title("An application emits events, and its sender delivers them to four webhooks");
  for (const webhook of webhooks) show.webhook(webhook);

  show.title("What happens, in seconds");
  show.begin();
  show.line("  fastify", "", "is down for now");
  await emitAll();
  await printer.secondFailure;
  await start("fastify", fastify, secrets.fastify);
  show.line("  fastify", "", "is up");
  const deliveries = await printer.whenDelivered(sender);
  const status = await forge(express, secrets.express);

  show.title("What the sender has on record");
  show.summary(webhooks, deliveries);
  const failures = deliveries.filter(({ state }) => state !== "delivered").map(({ id }) => `${id} is dead`);
  if (status !== 401) failures.push("a forged request was not refused");
  show.verdict(failures);
  if (process.argv.includes("--once") || failures.length > 0) return failures;
  invite(console_.link, [
    { url: express, secret: secrets.express },
    { url: fastify, secret: secrets.fastify },
  ]);
  onEnter(() => void emitAll());
  return failures;
}

try {
  const failures = await run();
  process.exitCode = failures.length === 0 ? 0 : 1;
  if (process.argv.includes("--once") || failures.length > 0) await stop();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
  await stop();
}
