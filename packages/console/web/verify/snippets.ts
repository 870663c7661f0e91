import { toExpressSnippet } from "./express.ts";
import { toFastifySnippet } from "./fastify.ts";
import { toGoSnippet } from "./go.ts";
import { toPythonSnippet } from "./python.ts";
import type { ReceiverOptions } from "./receiver-options.ts";

export interface ReceiverSnippet {
  readonly id: string;
  readonly name: string;
  /** What is to be installed, if anything. */
  readonly install: string | null;
  /** A whole receiver, that runs as it is. */
  readonly render: (received: ReceiverOptions) => string;
}

/** Receivers that verify `Heron-Signature`, ready to run. The secret is read from `HERON_WEBHOOK_SECRET`, and the port from `PORT`. */
export const RECEIVER_SNIPPETS: readonly ReceiverSnippet[] = [
  {
    id: "express",
    name: "TypeScript, Express",
    install: "npm install express @heron-webhooks/express @heron-webhooks/core",
    render: toExpressSnippet,
  },
  {
    id: "fastify",
    name: "TypeScript, Fastify",
    install: "npm install fastify @heron-webhooks/fastify @heron-webhooks/core",
    render: toFastifySnippet,
  },
  { id: "python", name: "Python", install: null, render: toPythonSnippet },
  { id: "go", name: "Go", install: null, render: toGoSnippet },
];

/** The path that a webhook posts to. */
export function toUrlPath(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : "/";
}
