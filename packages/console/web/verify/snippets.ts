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
  /** A complete program. */
  readonly render: (options: ReceiverOptions) => string;
}

/** Runnable receivers that read the secret from `HERON_WEBHOOK_SECRET` and the port from `PORT`. */
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

/** The path of a webhook's URL. */
export function toUrlPath(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : "/";
}
