import type { Opened } from "./opened.ts";

/** States a law, and checks it on a store that is empty. */
export type Law = (
  what: string,
  body: (opened: Opened) => Promise<void>,
  options?: { readonly maxPending?: number },
) => void;
