import { styleText } from "node:util";
import type { AttemptRecord, Delivery, EmitResult, Webhook } from "@heron-webhooks/sender";
import { DELAYS } from "./application.ts";

/** Times are counted from here. */
let began = performance.now();

type Colour = "green" | "red" | "dim" | "bold";

/** Colours go to a terminal, and nowhere else. */
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

/** The clock of {@link line} starts. */
export function begin(): void {
  began = performance.now();
}

/** Something that happened: when, who, what it was about, and what came of it. */
export function line(who: string, about: string, what: string, colour?: Colour): void {
  const at = ((performance.now() - began) / 1000).toFixed(1).padStart(5);
  const said = colour === undefined ? what : inColour(colour, what);
  console.log(`${at}  ${inColour("bold", who.padEnd(13))}${about.padEnd(26)}${said}`);
}

/** What a receiver has to say of what it was sent. */
export function aside(text: string): void {
  console.log(`${" ".repeat(20)}${inColour("dim", `└ ${text}`)}`);
}

export function emitted(topic: string, { deliveryCount, duplicate }: EmitResult): void {
  const wanted = `emitted, ${deliveryCount} ${deliveryCount === 1 ? "webhook wants" : "webhooks want"} it`;
  line("application", topic, duplicate ? "emitted again with the same id: changes nothing" : wanted);
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

/** The sender's reasons are for people, but for what Node says of the network. */
function inWords(reason: string): string {
  return reason.startsWith("connect ECONNREFUSED") ? "the connection was refused" : reason;
}

/** What the sender has on record of its webhooks. */
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
      ? (["Whatever was owed has arrived, and the forgery was refused.", "green"] as const)
      : ([`Not as it should be: ${failures.join("; ")}.`, "red"] as const);
  console.log(`\n${inColour(colour, said)}`);
}
