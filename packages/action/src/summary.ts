import { appendFileSync } from "node:fs";
import { debug } from "@actions/core";
import type { WebhookEvent } from "@heron-webhooks/core";
import type { DeliveryResult } from "./deliver.ts";

/**
 * Writes the deliveries into the job's summary. An error here does not fail the step. Does not use the builder of
 * `@actions/core`, which is larger than the rest of the Action.
 * Source: GitHub Docs, "Workflow commands", adding a job summary.
 */
export function writeSummary(
  results: readonly DeliveryResult[],
  event: WebhookEvent,
  env: NodeJS.ProcessEnv,
): void {
  const file = env["GITHUB_STEP_SUMMARY"];
  if (file === undefined || file === "") return;
  try {
    appendFileSync(file, formatSummary(results, event));
  } catch (error) {
    debug(`Failed to write the summary: ${String(error)}`);
  }
}

function formatSummary(results: readonly DeliveryResult[], { topic, id = "" }: WebhookEvent): string {
  const rows = results.map(({ target, outcome, responseStatus, attemptCount, durationMs, reason }) =>
    formatRow("td", [
      outcome === "delivered" ? "✅" : "❌",
      target,
      reason ?? String(responseStatus),
      String(attemptCount),
      `${durationMs} ms`,
    ]),
  );
  const head = formatRow("th", ["", "Webhook", "Response", "Attempts", "Time"]);
  return `<p>Event <code>${escapeHtml(topic)}</code>, <code>${escapeHtml(id)}</code></p>\n<table>\n${[head, ...rows].join("\n")}\n</table>\n\n`;
}

function formatRow(tag: string, cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
}

/** Escapes text for HTML. */
function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
