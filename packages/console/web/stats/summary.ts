import type { ShownWebhook } from "../../src/api/shown.ts";
import type { ShownStats } from "../../src/api/shown-stats.ts";
import { nameOf } from "../webhook/name.ts";
import { many, span } from "../words.ts";
import { countOf, listOf, OUTCOMES, type Outcome } from "./outcomes.ts";

/** A part of a sentence; with `to`, it leads there. */
export interface Said {
  readonly text: string;
  readonly to?: string;
}

type Webhook = Pick<
  ShownWebhook,
  "heron_id" | "url" | "description" | "is_enabled" | "disabled_by" | "failing_since"
>;

/** How things are, in one sentence: how deliveries went, and whichever webhooks fail. */
export function summaryOf(
  stats: Pick<ShownStats, "total" | "complete">,
  webhooks: readonly Webhook[],
  { length, now }: { readonly length: string; readonly now: number },
): readonly Said[] {
  return [
    ...deliveriesSaid(stats, length),
    ...silenceSaid(stats, webhooks),
    ...failingSaid(webhooks, now),
    { text: "." },
  ];
}

/** How deliveries went, without a stop at the end. */
function deliveriesSaid(
  { total, complete }: Pick<ShownStats, "total" | "complete">,
  length: string,
): readonly Said[] {
  const count = countOf(total);
  if (count === 0) return [{ text: `No deliveries in ${length}` }];
  const all = { text: `${count.toLocaleString("en")} ${count === 1 ? "delivery" : "deliveries"}` };
  const lead = complete
    ? [{ ...all, to: listOf("", null) }, { text: ` in ${length}, ` }]
    : [{ text: "The newest " }, { ...all, to: listOf("", null) }, { text: ` of ${length}, ` }];
  const had = OUTCOMES.filter(({ outcome }) => total[outcome] > 0);
  const [only] = had;
  if (had.length === 1 && only !== undefined) {
    const every = count === 1 ? "" : count === 2 ? "both " : "all ";
    return [...lead, { text: `${every}${wordOf(only)}`, to: listOf(only.status, null) }];
  }
  const others = had.filter(({ outcome }) => outcome !== "sent");
  if (total.sent * 2 < count)
    return [
      ...lead,
      ...joined(had.map((one) => linked(one, `${number(total[one.outcome])} ${wordOf(one)}`))),
    ];
  const apart = others.map((one) => [
    ...linked(one, number(total[one.outcome])),
    { text: ` that ${verbOf(one.outcome, total[one.outcome])}` },
  ]);
  return [...lead, { text: "all delivered but " }, ...joined(apart)];
}

function wordOf({ outcome, word }: (typeof OUTCOMES)[number]): string {
  return outcome === "retrying" ? "being tried again" : word;
}

function verbOf(outcome: Outcome, count: number): string {
  const is = count === 1 ? "is" : "are";
  if (outcome === "waiting") return count === 1 ? "waits" : "wait";
  return outcome === "retrying" ? `${is} being tried again` : `${is} dead`;
}

function linked({ status }: { readonly status: string }, text: string): readonly Said[] {
  return [{ text, to: listOf(status, null) }];
}

function number(count: number): string {
  return count.toLocaleString("en");
}

/** That there is nothing for a reason. */
function silenceSaid({ total }: Pick<ShownStats, "total">, webhooks: readonly Webhook[]): readonly Said[] {
  if (countOf(total) > 0 || webhooks.length === 0 || webhooks.some(({ is_enabled }) => is_enabled)) return [];
  if (webhooks.some(({ disabled_by }) => disabled_by !== "owner")) return [];
  const which = webhooks.length === 1 ? "the only webhook is" : "all webhooks are";
  return [{ text: ": " }, { text: `${which} disabled`, to: "webhooks" }];
}

function failingSaid(webhooks: readonly Webhook[], now: number): readonly Said[] {
  const stopped = webhooks.filter(({ is_enabled, disabled_by }) => !is_enabled && disabled_by !== "owner");
  const failing = webhooks
    .filter(({ is_enabled, failing_since }) => is_enabled && failing_since !== null)
    .sort((one, other) => sinceOf(one) - sinceOf(other));
  const parts: Said[] = [];
  const [longest] = failing;
  if (longest !== undefined) {
    const lasting = span(now - sinceOf(longest));
    parts.push({ text: "; " }, ...namesOf(failing));
    parts.push({
      text: failing.length === 1 ? ` has failed for ${lasting}` : ` have failed, the longest for ${lasting}`,
    });
  }
  if (stopped.length > 0) {
    parts.push({ text: "; " }, ...namesOf(stopped));
    parts.push({
      text: stopped.length === 1 ? " was disabled, since it failed" : " were disabled, since they failed",
    });
  }
  return parts;
}

function sinceOf({ failing_since }: Webhook): number {
  return Date.parse(failing_since ?? "");
}

/** Up to two by name, more by their number. */
function namesOf(webhooks: readonly Webhook[]): readonly Said[] {
  if (webhooks.length > 2) return [{ text: many(webhooks.length, "webhook"), to: "webhooks" }];
  return joined(webhooks.map((one) => [{ text: nameOf(one), to: `webhooks/${one.heron_id}` }]));
}

/** As a list in a sentence: one, two and three. */
function joined(items: readonly (readonly Said[])[]): readonly Said[] {
  return items.flatMap((item, i) => {
    if (i === 0) return item;
    return [{ text: i === items.length - 1 ? " and " : ", " }, ...item];
  });
}
