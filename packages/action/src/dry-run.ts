import { info } from "@actions/core";
import type { Delivery } from "./deliveries.ts";
import { redact } from "./masks.ts";

/** Prints the request that would be sent. Values of the input `headers` are hidden. */
export function showDelivery({ target, buildRequest, ownHeaders }: Delivery): void {
  const { headers, body } = buildRequest();
  info(`Would POST to ${target.label}:`);
  for (const [name, value] of Object.entries(headers))
    info(escapeCommands(`  ${name}: ${Object.hasOwn(ownHeaders, name) ? "***" : value}`));
  info(`  ${escapeCommands(redact(Buffer.from(body).toString("utf8")))}`);
}

/** Escapes `##[` and `::` in JSON, so that the runner sees no command. The value stays the same. */
function escapeCommands(json: string): string {
  return json.replaceAll("##[", "\\u0023\\u0023[");
}
