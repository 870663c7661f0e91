import type { Hono } from "hono";
import type { HeapApi } from "../heap/heap-api.ts";
import { Problem } from "./problem.ts";
import { readBounded } from "./read-json.ts";

/** Heap's paths, for hosts that have nothing but web requests. */
export function heapRoutes(app: Hono, heap: HeapApi): void {
  for (const path of ["/track", "/add_user_properties"]) {
    app.post(path, async (c) => {
      const reply = await heap.post(`/api${path}`, await readBounded(c.req.raw));
      if (reply === null) return c.notFound();
      return new Response(reply.body, { status: reply.status, headers: reply.headers });
    });
    app.all(path, () => {
      throw new Problem(405, "This path takes POST.", { headers: { allow: "POST" } });
    });
  }
}
