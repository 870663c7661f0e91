import type { Hono } from "hono";
import type { HeapApi } from "../heap/heap-api.ts";
import { Problem } from "./problem.ts";
import { readBody } from "./read-body.ts";

/** Registers Heap's paths, for hosts that only pass web requests. */
export function registerHeapRoutes(app: Hono, heapApi: HeapApi): void {
  for (const path of ["/track", "/add_user_properties"]) {
    app.post(path, async (c) => {
      const response = await heapApi.post(`/api${path}`, await readBody(c.req.raw));
      if (response === null) return c.notFound();
      return new Response(response.body, { status: response.status, headers: response.headers });
    });
    app.all(path, () => {
      throw new Problem(405, "Method not allowed. Allowed: POST.", { headers: { allow: "POST" } });
    });
  }
}
