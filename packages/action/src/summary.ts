import { appendFileSync } from "node:fs";
import { debug } from "@actions/core";
import type { WebhookEvent } from "@heron-webhooks/core";
import type { Result } from "./deliver.ts";

/**
 * Writes the deliveries into the summary of the job. That it cannot be written is no reason to fail. By hand, since
 * the builder in `@actions/core` costs more bytes than all this module's neighbours.
 * Source: GitHub Docs, "Workflow commands", adding a job summary.
 */
export function writeSummary(results: readonly Result[], event: WebhookEvent, env: NodeJS.ProcessEnv): void {
  const file = env["GITHUB_STEP_SUMMARY"];
  if (file === undefined || file === "") return;
  try {
    appendFileSync(file, summaryOf(results, event));
  } catch (error) {
    debug(`The summary could not be written: ${String(error)}`);
  }
}

function summaryOf(results: readonly Result[], { topic, id = "" }: WebhookEvent): string {
  const rows = results.map(({ target, outcome, status, attempts, ms, reason }) =>
    row("td", [
      outcome === "delivered" ? "✅" : "❌",
      target,
      reason ?? String(status),
      String(attempts),
      `${ms} ms`,
    ]),
  );
  const head = row("th", ["", "Webhook", "Answer", "Attempts", "Time"]);
  return `<p>Event <code>${escaped(topic)}</code>, <code>${escaped(id)}</code></p>\n<table>\n${[head, ...rows].join("\n")}\n</table>\n\n`;
}

function row(tag: string, cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
}

/** Text as HTML shows it. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
