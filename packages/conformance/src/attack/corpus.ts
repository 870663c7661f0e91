import { bodies } from "./bodies.ts";
import { chunked } from "./chunks.ts";
import { content } from "./content.ts";
import { framing } from "./framing.ts";
import { heads } from "./heads.ts";
import { json } from "./json.ts";
import { paths } from "./paths.ts";
import type { AttackRow } from "./row.ts";
import { sequences } from "./sequences.ts";
import { signatures } from "./signatures.ts";

/** Requests that broke receivers, or would break a careless one. */
export const attackCorpus: readonly AttackRow[] = [
  ...signatures,
  ...bodies,
  ...json,
  ...content,
  ...heads,
  ...paths,
  ...framing,
  ...chunked,
  ...sequences,
];
