import { createReceiver } from "@heron-webhooks/core/receiver";

const receiver = createReceiver({
  on: {
    "**": (event) => console.log(JSON.stringify(event)),
  },
});

/** Next: a route that exports it. Hono: `app.all(path, (c) => POST(c.req.raw))`. Lambda: behind its fetch adapter. */
export const POST = (request: Request): Promise<Response> => receiver.fetch(request);
