import type { WebhookDto } from "../../src/api/dto/webhook-dto.ts";
import type { StatsDto } from "../../src/api/dto/stats-dto.ts";
import { getWebhookName } from "../webhook/webhook-name.ts";
import { pluralize, formatDuration } from "../format.ts";
import { countDeliveries, toDeliveriesPath, OUTCOMES, type Outcome } from "./outcomes.ts";

/** A part of a sentence; with `to`, it leads there. */
export interface TextPart {
  readonly text: string;
  readonly to?: string;
}

type Webhook = Pick<
  WebhookDto,
  "heron_id" | "url" | "description" | "is_enabled" | "disabled_by" | "failing_since"
>;

/** How things are, in one sentence: how deliveries went, and whichever webhooks fail. */
export function toSummary(
  stats: Pick<StatsDto, "total" | "complete">,
  webhooks: readonly Webhook[],
  { length, now }: { readonly length: string; readonly now: number },
): readonly TextPart[] {
  return [
    ...describeDeliveries(stats, length),
    ...describeSilence(stats, webhooks),
    ...describeFailing(webhooks, now),
    { text: "." },
  ];
}

/** How deliveries went, without a stop at the end. */
function describeDeliveries(
  { total, is_complete }: Pick<StatsDto, "total" | "complete">,
  length: string,
): readonly TextPart[] {
  const count = countDeliveries(total);
  if (count === 0) return [{ text: `No deliveries in ${length}` }];
  const totalLink = { text: `${count.toLocaleString("en")} ${count === 1 ? "delivery" : "deliveries"}` };
  const lead = is_complete
    ? [{ ...totalLink, to: toDeliveriesPath("", null) }, { text: ` in ${length}, ` }]
    : [{ text: "The newest " }, { ...totalLink, to: toDeliveriesPath("", null) }, { text: ` of ${length}, ` }];
  const present = OUTCOMES.filter(({ outcome }) => total[outcome] > 0);
  const [only] = present;
  if (present.length === 1 && only !== undefined) {
    const prefix = count === 1 ? "" : count === 2 ? "both " : "all ";
    return [...lead, { text: `${prefix}${getOutcomeLabel(only)}`, to: toDeliveriesPath(only.status, null) }];
  }
  const undelivered = present.filter(({ outcome }) => outcome !== "sent");
  if (total.delivered * 2 < count)
    return [
      ...lead,
      ...joinParts(present.map((one) => toLinkedText(one, `${formatCount(total[one.outcome])} ${getOutcomeLabel(one)}`))),
    ];
  const parts = undelivered.map((outcome) => [
    ...toLinkedText(outcome, formatCount(total[outcome.outcome])),
    { text: ` that ${getOutcomePhrase(outcome.outcome, total[outcome.outcome])}` },
  ]);
  return [...lead, { text: "all delivered but " }, ...joinParts(parts)];
}

function getOutcomeLabel({ outcome, word }: (typeof OUTCOMES)[number]): string {
  return outcome === "retrying" ? "being tried again" : word;
}

function getOutcomePhrase(outcome: Outcome, count: number): string {
  const is = count === 1 ? "is" : "are";
  if (outcome === "waiting") return count === 1 ? "waits" : "wait";
  return outcome === "retrying" ? `${is} being tried again` : `${is} dead`;
}

function toLinkedText({ status }: { readonly status: string }, text: string): readonly TextPart[] {
  return [{ text, to: toDeliveriesPath(status, null) }];
}

function formatCount(count: number): string {
  return count.toLocaleString("en");
}

/** That there is nothing for a reason. */
function describeSilence({ total }: Pick<StatsDto, "total">, webhooks: readonly Webhook[]): readonly TextPart[] {
  if (countDeliveries(total) > 0 || webhooks.length === 0 || webhooks.some(({ is_enabled }) => is_enabled)) return [];
  if (webhooks.some(({ disabled_by }) => disabled_by !== "owner")) return [];
  const which = webhooks.length === 1 ? "the only webhook is" : "all webhooks are";
  return [{ text: ": " }, { text: `${which} disabled`, to: "webhooks" }];
}

function describeFailing(webhooks: readonly Webhook[], now: number): readonly TextPart[] {
  const disabled = webhooks.filter(({ is_enabled, disabled_by }) => !is_enabled && disabled_by !== "owner");
  const failing = webhooks
    .filter(({ is_enabled, failing_since }) => is_enabled && failing_since !== null)
    .sort((a, b) => toFailingSince(a) - toFailingSince(b));
  const parts: TextPart[] = [];
  const [longest] = failing;
  if (longest !== undefined) {
    const duration = formatDuration(now - toFailingSince(longest));
    parts.push({ text: "; " }, ...toWebhookNames(failing));
    parts.push({
      text: failing.length === 1 ? ` has failed for ${duration}` : ` have failed, the longest for ${duration}`,
    });
  }
  if (disabled.length > 0) {
    parts.push({ text: "; " }, ...toWebhookNames(disabled));
    parts.push({
      text: disabled.length === 1 ? " was disabled, since it failed" : " were disabled, since they failed",
    });
  }
  return parts;
}

function toFailingSince({ failing_since }: Webhook): number {
  return Date.parse(failing_since ?? "");
}

/** Up to two by name, more by their number. */
function toWebhookNames(webhooks: readonly Webhook[]): readonly TextPart[] {
  if (webhooks.length > 2) return [{ text: pluralize(webhooks.length, "webhook"), to: "webhooks" }];
  return joinParts(webhooks.map((webhook) => [{ text: getWebhookName(webhook), to: `webhooks/${webhook.heron_id}` }]));
}

/** As a list in a sentence: one, two and three. */
function joinParts(items: readonly (readonly TextPart[])[]): readonly TextPart[] {
  return items.flatMap((item, i) => {
    if (i === 0) return item;
    return [{ text: i === items.length - 1 ? " and " : ", " }, ...item];
  });
}
