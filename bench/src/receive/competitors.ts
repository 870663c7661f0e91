import type { Scheme } from "./senders.ts";

/** A server to be measured, and what ours is held to beside it. */
export interface ServerCompetitor {
  readonly name: string;
  /** The program in `servers/`, behind the framework's name. */
  readonly program: string;
  readonly scheme: Scheme;
  /** How many of its requests ours must answer on the same processor time. */
  readonly minRatio?: number;
}

export const OURS: ServerCompetitor = { name: "heron", program: "heron", scheme: "heron" };

/** Ours a second time: how far the figures can be trusted. */
export const OURS_AGAIN: ServerCompetitor = { name: "heron again (A/A)", program: "heron", scheme: "heron" };

export const COMPETITORS: readonly ServerCompetitor[] = [
  { name: "by hand", program: "by-hand", scheme: "heron", minRatio: 0.8 },
  { name: "@octokit/webhooks", program: "octokit", scheme: "github", minRatio: 1 },
  { name: "stripe constructEvent", program: "stripe", scheme: "stripe", minRatio: 1 },
  { name: "bare route, nothing checked", program: "bare", scheme: "heron" },
];
