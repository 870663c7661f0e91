import { useEffect, useState } from "preact/hooks";
import { ask, type DeliveryLog } from "../api.ts";
import { type KnownPath, pathsIn } from "./paths.ts";
import { type Matched, PAUSE } from "./use-matching.ts";

/** An event may not have happened yet, but its application may have said what it is like. */
export type Examples = Readonly<Record<string, { readonly example?: unknown }>> | null | undefined;

/** The paths of the newest event of such topics; of an example, while there is none. */
export function usePaths(topics: readonly string[], examples: Examples): readonly KnownPath[] {
  const [paths, setPaths] = useState<readonly KnownPath[]>([]);
  const wanted = JSON.stringify(topics);
  useEffect(() => {
    if (topics.length === 0) return;
    let isWanted = true;
    const timer = setTimeout(() => {
      newestOf(topics).then(
        (event) => isWanted && setPaths(pathsIn(event ?? exampleOf(topics, examples))),
        // Paths are offered, and may be typed all the same.
        () => isWanted && setPaths(pathsIn(exampleOf(topics, examples))),
      );
    }, PAUSE);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [wanted, examples]);
  return paths;
}

/** @throws Refused */
async function newestOf(topics: readonly string[]): Promise<unknown> {
  const { events } = await ask<Matched>("POST", "/webhooks/matching", { topics });
  const [newest] = events;
  if (newest === undefined) return null;
  const { payload } = await ask<DeliveryLog>("GET", `/webhooks/deliveries/${newest.delivery}`);
  return JSON.parse(payload);
}

function exampleOf(topics: readonly string[], examples: Examples): unknown {
  const [, found] =
    Object.entries(examples ?? {}).find(([topic, { example }]) => {
      return example != null && topics.some((pattern) => covers(pattern, topic));
    }) ?? [];
  return found === undefined ? null : { data: found.example };
}

/** Whether a pattern names a topic: a * stands for one part of it, ** for all that follows. */
function covers(pattern: string, topic: string): boolean {
  const parts = pattern.split(".");
  const names = topic.split(".");
  const isRest = parts.at(-1) === "**";
  if (isRest ? names.length < parts.length : names.length !== parts.length) return false;
  return parts.every((part, i) => part === "*" || part === "**" || part === names[i]);
}
