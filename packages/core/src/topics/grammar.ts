import { HeronError } from "../errors.ts";

/** The longest topic or pattern, in characters. */
export const MAX_TOPIC_LENGTH = 128;

/** The most segments of a sent topic or a pattern. */
export const MAX_TOPIC_SEGMENTS = 4;

const TOPIC = /^[a-z0-9_]+(?:\.[a-z0-9_]+){1,3}$/;
const PATTERN = /^(?:[a-z0-9_]+|\*)(?:\.(?:[a-z0-9_]+|\*)){0,2}\.(?:[a-z0-9_]+|\*\*?)$/;

/**
 * Whether `text` is a valid topic to send: 2 to 4 segments of `a-z`, `0-9` and `_`, joined by dots, at most 128
 * characters. *Received* events can have any topic.
 */
export function isTopic(text: string): boolean {
  return text.length <= MAX_TOPIC_LENGTH && TOPIC.test(text);
}

/** Whether a segment can be part of a pattern. Only `*` matches other segments. */
export function isSegment(text: string): boolean {
  return /^[a-z0-9_]+$/.test(text);
}

/**
 * Whether `text` is a pattern: a topic in which any segment can be `*` (one segment) and the last can be `**` (any number
 * of segments, or none). `*` alone equals `**`.
 */
export function isPattern(text: string): boolean {
  return text === "*" || text === "**" || (text.length <= MAX_TOPIC_LENGTH && PATTERN.test(text));
}

/** @throws HeronError `pattern_invalid` */
export function assertPattern(text: string): void {
  if (isPattern(text)) return;
  const suggestion = isSegment(text) ? ` For every topic of that resource write "${text}.*".` : "";
  throw new HeronError(
    "pattern_invalid",
    `${JSON.stringify(text.slice(0, MAX_TOPIC_LENGTH))} is not a pattern: write 2 to 4 segments of a-z, 0-9 and _ joined by dots, ` +
      `"*" for any one segment and "**" at the end for the rest, such as "end_user.processed", "end_user.*", "*.failed" or "**".${suggestion}`,
  );
}
