import type { ShownWebhook } from "../../src/api/shown.ts";
import type { ShownSlice, ShownStats } from "../../src/api/shown-stats.ts";
import { countOf } from "./outcomes.ts";

/** A webhook, and what deliveries to it came to. */
export interface Doing {
  readonly webhook: ShownWebhook;
  readonly counts: ShownSlice;
}

const NONE: ShownSlice = { sent: 0, waiting: 0, retrying: 0, failed: 0, p50_ms: null, p95_ms: null };

/** Webhooks, those that need someone first: the disabled ones that failed, those that fail, the longest first, those with dead ones, then by how much they got. */
export function byNeed(webhooks: readonly ShownWebhook[], stats: ShownStats): readonly Doing[] {
  const counts = new Map(stats.webhooks.map((one) => [one.webhook, one]));
  return webhooks
    .map((webhook) => ({ webhook, counts: counts.get(webhook.heron_id) ?? NONE }))
    .sort(
      (one, other) =>
        needOf(one) - needOf(other) ||
        sinceOf(one) - sinceOf(other) ||
        other.counts.failed - one.counts.failed ||
        countOf(other.counts) - countOf(one.counts),
    );
}

/** Whether somebody should look at it. */
export function isNeedy(doing: Doing): boolean {
  return needOf(doing) < 4;
}

function needOf({ webhook: { is_enabled, disabled_by, failing_since }, counts }: Doing): number {
  if (!is_enabled && disabled_by !== "owner") return 0;
  if (is_enabled && failing_since !== null) return 1;
  if (counts.failed > 0) return 2;
  if (counts.retrying > 0) return 3;
  return is_enabled ? 4 : 5;
}

function sinceOf({ webhook: { failing_since } }: Doing): number {
  return failing_since === null ? 0 : Date.parse(failing_since);
}
