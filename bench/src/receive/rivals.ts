import type { Scheme } from "./senders.ts";

/** A server to be measured, and what ours is held to beside it. */
export interface Rival {
  readonly name: string;
  /** The program in `servers/`, behind the framework's name. */
  readonly program: string;
  readonly scheme: Scheme;
  /** How many of its requests ours must answer on the same processor time. */
  readonly least?: number;
}

export const OURS: Rival = { name: "heron", program: "heron", scheme: "heron" };

/** Ours a second time: how far the figures can be trusted. */
export const SAME: Rival = { name: "heron again (A/A)", program: "heron", scheme: "heron" };

export const RIVALS: readonly Rival[] = [
  { name: "by hand", program: "by-hand", scheme: "heron", least: 0.8 },
  { name: "@octokit/webhooks", program: "octokit", scheme: "github", least: 1 },
  { name: "stripe constructEvent", program: "stripe", scheme: "stripe", least: 1 },
  { name: "bare route, nothing checked", program: "bare", scheme: "heron" },
];
