import { useEffect, useState } from "preact/hooks";
import { callApi, type DeliveryDetails } from "../api.ts";
import { collectEventPaths, type EventPath } from "./event-paths.ts";
import { DEBOUNCE_MS, type MatchResult } from "./use-match-preview.ts";

/** Examples of the catalogue, for topics without recent events. */
export type TopicExamples = Readonly<Record<string, { readonly example?: unknown }>> | null | undefined;

/** The paths of the newest event with one of the topics, or of an example. */
export function useEventPaths(topics: readonly string[], examples: TopicExamples): readonly EventPath[] {
  const [paths, setPaths] = useState<readonly EventPath[]>([]);
  const topicsKey = JSON.stringify(topics);
  useEffect(() => {
    if (topics.length === 0) return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      loadNewestEvent(topics).then(
        (event) => isCurrent && setPaths(collectEventPaths(event ?? findExample(topics, examples))),
        // Suggestions are optional: fall back to the example.
        () => isCurrent && setPaths(collectEventPaths(findExample(topics, examples))),
      );
    }, DEBOUNCE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [topicsKey, examples]);
  return paths;
}

/** @throws ApiError */
async function loadNewestEvent(topics: readonly string[]): Promise<unknown> {
  const { events } = await callApi<MatchResult>("POST", "/webhooks/preview-matches", { topics });
  const [newest] = events;
  if (newest === undefined) return null;
  const { payload } = await callApi<DeliveryDetails>("GET", `/webhooks/deliveries/${newest.delivery}`);
  return JSON.parse(payload);
}

function findExample(topics: readonly string[], examples: TopicExamples): unknown {
  const [, match] =
    Object.entries(examples ?? {}).find(([topic, { example }]) => {
      return example != null && topics.some((pattern) => matchesPattern(pattern, topic));
    }) ?? [];
  return match === undefined ? null : { data: match.example };
}

/** Whether a pattern matches a topic: * matches one segment, ** the rest. */
function matchesPattern(pattern: string, topic: string): boolean {
  const parts = pattern.split(".");
  const names = topic.split(".");
  const matchesRest = parts.at(-1) === "**";
  if (matchesRest ? names.length < parts.length : names.length !== parts.length) return false;
  return parts.every((part, i) => part === "*" || part === "**" || part === names[i]);
}
