import type { Scheme } from "./senders.ts";

/** A server to measure, with our target ratio. */
export interface ServerCompetitor {
  readonly name: string;
  /** The program in `servers/`, after the framework's name. */
  readonly program: string;
  readonly scheme: Scheme;
  /** The minimum ratio of our requests to its requests for the same CPU time. */
  readonly minRatio?: number;
}

export const OURS: ServerCompetitor = { name: "heron", program: "heron", scheme: "heron" };

/** Ours again: an A/A check of the figures. */
export const OURS_AGAIN: ServerCompetitor = { name: "heron again (A/A)", program: "heron", scheme: "heron" };

export const COMPETITORS: readonly ServerCompetitor[] = [
  { name: "by hand", program: "by-hand", scheme: "heron", minRatio: 0.8 },
  { name: "@octokit/webhooks", program: "octokit", scheme: "github", minRatio: 1 },
  { name: "stripe constructEvent", program: "stripe", scheme: "stripe", minRatio: 1 },
  { name: "bare route, nothing checked", program: "bare", scheme: "heron" },
];
