import { assertPattern, isSegment, LONGEST_TOPIC, MOST_SEGMENTS } from "./grammar.ts";

/**
 * Whether a topic matches a pattern.
 *
 * Of a topic over 128 characters only `*` and `**` match, which is decided before the topic is split.
 * @throws HeronError `pattern_invalid`
 */
export function matchTopic(pattern: string, topic: string): boolean {
  assertPattern(pattern);
  if (pattern === "*" || pattern === "**") return true;
  if (topic.length > LONGEST_TOPIC) return false;
  const wanted = pattern.split(".");
  const segments = topic.split(".");
  const open = wanted.at(-1) === "**";
  if (open) wanted.pop();
  if (open ? segments.length < wanted.length : segments.length !== wanted.length) return false;
  return wanted.every((segment, i) => segment === "*" || segment === segments[i]);
}

/**
 * Every pattern that matches a topic, most specific first: at the leftmost segment where two differ, a literal
 * comes before `*`, and `*` before `**`. There are at most 32, so whoever keeps things by pattern finds them by
 * look-up, never by a scan.
 */
export function patternsOf(topic: string): string[] {
  const patterns: string[] = [];
  const segments = topic.length > LONGEST_TOPIC ? null : topic.split(".");
  if (segments !== null) addPatterns(segments, "", 0, patterns);
  patterns.push("**", "*");
  return patterns;
}

function addPatterns(segments: readonly string[], prefix: string, depth: number, into: string[]): void {
  const segment = segments[depth];
  if (segment === undefined) {
    // A pattern has at least two segments: "ping" is matched by "ping.**", not by "ping".
    if (depth > 1) into.push(prefix);
  } else if (depth < (segments.length > MOST_SEGMENTS ? MOST_SEGMENTS - 1 : MOST_SEGMENTS)) {
    const before = depth === 0 ? "" : `${prefix}.`;
    if (isSegment(segment)) addPatterns(segments, before + segment, depth + 1, into);
    addPatterns(segments, `${before}*`, depth + 1, into);
  }
  if (depth > 0 && depth < MOST_SEGMENTS) into.push(`${prefix}.**`);
}
