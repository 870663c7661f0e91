import { expressOf } from "./express.ts";
import { fastifyOf } from "./fastify.ts";
import { goOf } from "./go.ts";
import { pythonOf } from "./python.ts";
import type { Received } from "./received.ts";

export interface Language {
  readonly id: string;
  readonly name: string;
  /** What is to be installed, if anything. */
  readonly install: string | null;
  /** A whole receiver, that runs as it is. */
  readonly code: (received: Received) => string;
}

/** Receivers that verify `Heron-Signature`, ready to run. The secret is read from `HERON_WEBHOOK_SECRET`, and the port from `PORT`. */
export const LANGUAGES: readonly Language[] = [
  {
    id: "express",
    name: "TypeScript, Express",
    install: "npm install express @heron-webhooks/express @heron-webhooks/core",
    code: expressOf,
  },
  {
    id: "fastify",
    name: "TypeScript, Fastify",
    install: "npm install fastify @heron-webhooks/fastify @heron-webhooks/core",
    code: fastifyOf,
  },
  { id: "python", name: "Python", install: null, code: pythonOf },
  { id: "go", name: "Go", install: null, code: goOf },
];

/** The path that a webhook posts to. */
export function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : "/";
}
