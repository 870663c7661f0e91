import { info } from "@actions/core";
import type { Delivery } from "./deliveries.ts";
import { redacted } from "./masks.ts";

/** Shows what would be sent: the headers, values of one's own hidden, and the body. */
export function showDelivery({ target, request, headers: own }: Delivery): void {
  const { headers, body } = request();
  info(`Would POST to ${target.label}:`);
  for (const [name, value] of Object.entries(headers))
    info(inert(`  ${name}: ${Object.hasOwn(own, name) ? "***" : value}`));
  info(`  ${inert(redacted(Buffer.from(body).toString("utf8")))}`);
}

/** JSON in which the runner finds no command: still the same JSON. */
function inert(json: string): string {
  return json.replaceAll("##[", "\\u0023\\u0023[");
}
