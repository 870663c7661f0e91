import { styleText } from "node:util";
import type { AttemptRecord, Delivery, EmitResult, Webhook } from "@heron-webhooks/sender";
import { DELAYS } from "./application.ts";

/** The start of the clock. */
let began = performance.now();

type Colour = "green" | "red" | "dim" | "bold";

/** Only terminals get colours. */
function inColour(colour: Colour, text: string): string {
  return process.stdout.isTTY ? styleText(colour, text) : text;
}

export function title(text: string): void {
  console.log(`\n${inColour("bold", text)}\n`);
}

export function webhook({ description, topics, url, format, template, auth }: Webhook): void {
  const sends =
    template !== undefined ? "a body of its own" : format === "slack" ? "Slack messages" : "the event";
  const how = auth === null ? sends : `${sends}, with a token`;
  console.log(
    `  ${description.padEnd(9)}${topics.join(", ").padEnd(33)}${how.padEnd(33)}${inColour("dim", url)}`,
  );
}

/** Starts the clock of {@link line}. */
export function begin(): void {
  began = performance.now();
}

/** Prints a line: time, actor, subject and result. */
export function line(who: string, about: string, what: string, colour?: Colour): void {
  const at = ((performance.now() - began) / 1000).toFixed(1).padStart(5);
  const said = colour === undefined ? what : inColour(colour, what);
  console.log(`${at}  ${inColour("bold", who.padEnd(13))}${about.padEnd(26)}${said}`);
}

/** Prints a receiver's output. */
export function aside(text: string): void {
  console.log(`${" ".repeat(20)}${inColour("dim", `└ ${text}`)}`);
}

export function emitted(topic: string, { deliveryCount, duplicate }: EmitResult): void {
  const emittedText = `emitted: ${deliveryCount} ${deliveryCount === 1 ? "delivery" : "deliveries"}`;
  line("application", topic, duplicate ? "emitted again with the same id: changes nothing" : emittedText);
}

export function attempted(
  name: string,
  topic: string,
  number: number,
  { responseStatus, durationMs, reason }: Pick<AttemptRecord, "responseStatus" | "durationMs" | "reason">,
): void {
  const which = `attempt ${number}`;
  const wait = DELAYS[number - 1];
  const next = wait === undefined ? "given up" : `again in ${wait / 1000} s`;
  if (reason === null)
    line(`  ${name}`, topic, `${which} delivered, ${responseStatus} in ${durationMs} ms`, "green");
  else line(`  ${name}`, topic, `${which} failed, ${inWords(reason)}; ${next}`, "red");
}

/** Reasons are readable, except Node's network errors. */
function inWords(reason: string): string {
  return reason.startsWith("connect ECONNREFUSED") ? "the connection was refused" : reason;
}

/** Prints the deliveries of each webhook. */
export function summary(webhooks: readonly Webhook[], deliveries: readonly Delivery[]): void {
  for (const { id, description } of webhooks) {
    const own = deliveries.filter((delivery) => delivery.webhook === id);
    const delivered = own.filter(({ state }) => state === "delivered").length;
    const attempts = own.reduce((sum, delivery) => sum + delivery.attemptCount, 0);
    const made = `${attempts} ${attempts === 1 ? "attempt" : "attempts"}`;
    console.log(`  ${description.padEnd(9)}${delivered} of ${own.length} delivered, in ${made}`);
  }
}

export function verdict(failures: readonly string[]): void {
  const [said, colour] =
    failures.length === 0
      ? (["All deliveries have arrived, and the forged request was rejected.", "green"] as const)
      : ([`Failed: ${failures.join("; ")}.`, "red"] as const);
  console.log(`\n${inColour(colour, said)}`);
}
