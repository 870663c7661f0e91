import { info } from "@actions/core";
import type { Delivery } from "./deliveries.ts";
import { redact } from "./masks.ts";

/** Shows what would be sent: the headers, values of one's own hidden, and the body. */
export function showDelivery({ target, buildRequest, ownHeaders }: Delivery): void {
  const { headers, body } = buildRequest();
  info(`Would POST to ${target.label}:`);
  for (const [name, value] of Object.entries(headers))
    info(escapeCommands(`  ${name}: ${Object.hasOwn(ownHeaders, name) ? "***" : value}`));
  info(`  ${escapeCommands(redact(Buffer.from(body).toString("utf8")))}`);
}

/** JSON in which the runner finds no command: still the same JSON. */
function escapeCommands(json: string): string {
  return json.replaceAll("##[", "\\u0023\\u0023[");
}
