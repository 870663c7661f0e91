import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A message that was posted. */
export interface SlackPost {
  /** What Slack shows where it shows no blocks, as in a notification. */
  readonly text: string;
  readonly blocks: readonly unknown[];
}

export interface SlackStandIn {
  /** What Slack would give as the incoming webhook's URL. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A local server that answers as Slack's incoming webhooks do: `ok`, or 400 and a word.
 * Source: Slack, "Sending messages using incoming webhooks", section on errors.
 */
export async function slackStandIn(onPost: (post: SlackPost) => void, port = 0): Promise<SlackStandIn> {
  const server = createServer(answerWith(onPost));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0001/B0001/example`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function answerWith(onPost: (post: SlackPost) => void): RequestListener {
  return async (request, response) => {
    const post = await postIn(request).catch(() => "invalid_payload" as const);
    if (post !== "invalid_payload" && post !== "no_text") onPost(post);
    const isRefused = typeof post === "string";
    response.writeHead(isRefused ? 400 : 200, { "content-type": "text/plain" });
    response.end(isRefused ? post : "ok");
  };
}

async function postIn(request: IncomingMessage): Promise<SlackPost | "invalid_payload" | "no_text"> {
  const message: unknown = JSON.parse(await text(request));
  if (typeof message !== "object" || message === null) return "invalid_payload";
  const { text: said = "", blocks = [] } = message as Partial<SlackPost>;
  return said === "" && blocks.length === 0 ? "no_text" : { text: said, blocks };
}
