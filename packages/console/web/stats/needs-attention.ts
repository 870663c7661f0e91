import type { StatsDto, StatsSliceDto } from "../../src/api/dto/stats-dto.ts";
import type { WebhookDto } from "../../src/api/dto/webhook-dto.ts";
import { countDeliveries } from "./outcomes.ts";

/** A webhook with its delivery counts. */
export interface WebhookActivity {
  readonly webhook: WebhookDto;
  readonly counts: StatsSliceDto;
}

const EMPTY_COUNTS: StatsSliceDto = {
  delivered: 0,
  waiting: 0,
  retrying: 0,
  dead: 0,
  p50_ms: null,
  p95_ms: null,
};

/**
 * Sorts webhooks by urgency: disabled after failures, failing (longest first), with dead deliveries, then by number of
 * deliveries.
 */
export function sortByUrgency(webhooks: readonly WebhookDto[], stats: StatsDto): readonly WebhookActivity[] {
  const countsByWebhook = new Map(stats.webhooks.map((webhookStats) => [webhookStats.webhook, webhookStats]));
  return webhooks
    .map((webhook) => ({ webhook, counts: countsByWebhook.get(webhook.heron_id) ?? EMPTY_COUNTS }))
    .sort(
      (a, b) =>
        toUrgency(a) - toUrgency(b) ||
        toFailingSince(a) - toFailingSince(b) ||
        b.counts.dead - a.counts.dead ||
        countDeliveries(b.counts) - countDeliveries(a.counts),
    );
}

export function needsAttention(activity: WebhookActivity): boolean {
  return toUrgency(activity) < 4;
}

function toUrgency({ webhook: { is_enabled, disabled_by, failing_since }, counts }: WebhookActivity): number {
  if (!is_enabled && disabled_by !== "owner") return 0;
  if (is_enabled && failing_since !== null) return 1;
  if (counts.dead > 0) return 2;
  if (counts.retrying > 0) return 3;
  return is_enabled ? 4 : 5;
}

function toFailingSince({ webhook: { failing_since } }: WebhookActivity): number {
  return failing_since === null ? 0 : Date.parse(failing_since);
}
