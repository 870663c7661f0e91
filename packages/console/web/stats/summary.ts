import type { StatsDto, StatsSliceDto } from "../../src/api/dto/stats-dto.ts";
import type { WebhookDto } from "../../src/api/dto/webhook-dto.ts";
import { pluralize } from "../format.ts";
import { getWebhookName } from "../webhook/webhook-name.ts";
import { countDeliveries, OUTCOMES, toDeliveriesPath } from "./outcomes.ts";

/** A part of the text, optionally with a link. */
export interface TextPart {
  readonly text: string;
  readonly to?: string;
}

type Webhook = Pick<
  WebhookDto,
  "heron_id" | "url" | "description" | "is_enabled" | "disabled_by" | "failing_since"
>;

/** Summarizes deliveries and failing webhooks. `range` is a duration, for example "24 hours". */
export function toSummary(
  stats: Pick<StatsDto, "total" | "is_complete">,
  webhooks: readonly Webhook[],
  range: string,
): readonly TextPart[] {
  const sentences = [
    describeDelivered(stats, range.replace(/^1 /, "")),
    describeUndelivered(stats.total),
    describeAllDisabled(stats.total, webhooks),
    describeFailing(webhooks),
    describeDisabled(webhooks),
  ].filter((parts) => parts.length > 0);
  return sentences.flatMap((parts, i) => [...(i === 0 ? [] : [{ text: " " }]), ...parts, { text: "." }]);
}

function describeDelivered(
  { total, is_complete }: Pick<StatsDto, "total" | "is_complete">,
  range: string,
): readonly TextPart[] {
  const count = countDeliveries(total);
  if (count === 0) return [{ text: `No deliveries in the last ${range}` }];
  const delivered = { text: formatCount(total.delivered), to: toDeliveriesPath("delivered", null) };
  const all = { text: pluralize(count, "delivery"), to: toDeliveriesPath("", null) };
  const end = ` succeeded in the last ${range}`;
  if (!is_complete) return [delivered, { text: " of the newest " }, all, { text: end }];
  if (total.delivered === count) return [...(count === 1 ? [] : [{ text: "All " }]), all, { text: end }];
  return [delivered, { text: " of " }, all, { text: end }];
}

function describeUndelivered(total: StatsSliceDto): readonly TextPart[] {
  const present = OUTCOMES.filter(({ outcome }) => outcome !== "delivered" && total[outcome] > 0);
  return present.flatMap(({ outcome, word, status }, i) => {
    const count = total[outcome];
    return [
      ...(i === 0 ? [] : [{ text: ", " }]),
      { text: formatCount(count), to: toDeliveriesPath(status, null) },
      { text: ` ${count === 1 ? "is" : "are"} ${word}` },
    ];
  });
}

function formatCount(count: number): string {
  return count.toLocaleString("en");
}

/** Explains why there are no deliveries, if the owner disabled every webhook. */
function describeAllDisabled(total: StatsSliceDto, webhooks: readonly Webhook[]): readonly TextPart[] {
  if (countDeliveries(total) > 0 || webhooks.length === 0) return [];
  if (webhooks.some(({ is_enabled, disabled_by }) => is_enabled || disabled_by !== "owner")) return [];
  const subject = webhooks.length === 1 ? "The only webhook is" : "All webhooks are";
  return [{ text: `${subject} disabled`, to: "webhooks" }];
}

function describeFailing(webhooks: readonly Webhook[]): readonly TextPart[] {
  const failing = webhooks
    .filter(({ is_enabled, failing_since }) => is_enabled && failing_since !== null)
    .sort((a, b) => toFailingSince(a) - toFailingSince(b));
  if (failing.length === 0) return [];
  return [...toWebhookNames(failing), { text: failing.length === 1 ? " is failing" : " are failing" }];
}

function describeDisabled(webhooks: readonly Webhook[]): readonly TextPart[] {
  const disabled = webhooks.filter(({ is_enabled, disabled_by }) => !is_enabled && disabled_by !== "owner");
  if (disabled.length === 0) return [];
  const isGone = disabled.every(({ disabled_by }) => disabled_by === "gone");
  const verb = disabled.length === 1 ? "was disabled" : "were disabled";
  return [
    ...toWebhookNames(disabled),
    { text: ` ${verb} ${isGone ? "(410 Gone)" : "after repeated failures"}` },
  ];
}

function toFailingSince({ failing_since }: Webhook): number {
  return Date.parse(failing_since ?? "");
}

/** Up to two names, otherwise their number. */
function toWebhookNames(webhooks: readonly Webhook[]): readonly TextPart[] {
  if (webhooks.length > 2) return [{ text: pluralize(webhooks.length, "webhook"), to: "webhooks" }];
  return webhooks.flatMap((webhook, i) => [
    ...(i === 0 ? [] : [{ text: " and " }]),
    { text: getWebhookName(webhook), to: `webhooks/${webhook.heron_id}` },
  ]);
}
