// A process with applications, for instrumentation that must be loaded before Express. Receives commands over IPC.
import { createRequire } from "node:module";
import type { RequestHandler } from "express";
import { createExpressCases, listenExpress } from "./application.ts";
import type { ExpressModule, ExpressVersion } from "./positions.ts";

/** The commands of the suite. */
export type Order =
  | { readonly do: "open" | "arrivals" | "close"; readonly name: string }
  | { readonly do: "is it instrumented" };

const version = process.argv[2] as ExpressVersion;
// By `require`, which the instrumentation hooks.
const express = createRequire(import.meta.url)(
  version === "Express 5" ? "express" : "express-4",
) as ExpressModule;
const cases = new Map(
  createExpressCases({ long: true }).map((expressCase) => [expressCase.name, expressCase]),
);
const opened = new Map<string, Awaited<ReturnType<typeof listenExpress>>>();

process.on("message", async ({ id, order }: { readonly id: number; readonly order: Order }) => {
  try {
    process.send?.({ id, result: await handleCommand(order) });
  } catch (error) {
    process.send?.({ id, error: String(error) });
  }
});
process.on("disconnect", () => process.exit());

async function handleCommand(order: Order): Promise<unknown> {
  if (order.do === "is it instrumented") return wrapsRouterLayers();
  const { name } = order;
  if (order.do === "open") {
    const expressCase = cases.get(name);
    if (expressCase === undefined) throw new Error(`Unknown case ${name}.`);
    const stack = await listenExpress(expressCase, express, version);
    opened.set(name, stack);
    return stack.port;
  }
  const stack = opened.get(name);
  if (order.do === "arrivals") return stack?.recorder.arrivals;
  opened.delete(name);
  return stack?.close();
}

/** Whether a router replaces the functions that are added to it. */
function wrapsRouterLayers(): boolean {
  const given: RequestHandler = (_request, _response, next) => next();
  const app = express();
  app.use(given);
  const router: unknown = version === "Express 5" ? Reflect.get(app, "router") : Reflect.get(app, "_router");
  const stack = Reflect.get(Object(router), "stack") as readonly { readonly handle: unknown }[];
  return stack.at(-1)?.handle !== given;
}
