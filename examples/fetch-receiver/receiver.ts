import { createReceiver, webRequest } from "@heron-webhooks/core/receiver";

const receiver = createReceiver({
  on: {
    "**": (event) => console.log(JSON.stringify(event)),
  },
});

/** Next: a route that exports it. Hono: `app.all(path, (c) => POST(c.req.raw))`. Lambda: behind its fetch adapter. */
export async function POST(request: Request): Promise<Response> {
  const { status, headers, body } = await receiver.receive(webRequest(request));
  return new Response(body, { status, headers });
}
