import { assertPattern, isSegment, MAX_TOPIC_LENGTH, MAX_TOPIC_SEGMENTS } from "./grammar.ts";

/**
 * Whether a topic matches a pattern.
 *
 * Only `*` and `**` match a topic over 128 characters; this is checked before the topic is split.
 * @throws HeronError `pattern_invalid`
 */
export function matchTopic(pattern: string, topic: string): boolean {
  assertPattern(pattern);
  if (pattern === "*" || pattern === "**") return true;
  if (topic.length > MAX_TOPIC_LENGTH) return false;
  const patternSegments = pattern.split(".");
  const segments = topic.split(".");
  const isOpenEnded = patternSegments.at(-1) === "**";
  if (isOpenEnded) patternSegments.pop();
  if (isOpenEnded ? segments.length < patternSegments.length : segments.length !== patternSegments.length)
    return false;
  return patternSegments.every((segment, i) => segment === "*" || segment === segments[i]);
}

/**
 * All patterns that match a topic, most specific first: at the leftmost differing segment a literal precedes `*`, and
 * `*` precedes `**`. At most 32, so values by pattern can be found by look-ups rather than a scan.
 */
export function getMatchingPatterns(topic: string): string[] {
  const patterns: string[] = [];
  const segments = topic.length > MAX_TOPIC_LENGTH ? null : topic.split(".");
  if (segments !== null) collectPatterns(segments, "", 0, patterns);
  patterns.push("**", "*");
  return patterns;
}

function collectPatterns(
  segments: readonly string[],
  prefix: string,
  depth: number,
  patterns: string[],
): void {
  const segment = segments[depth];
  if (segment === undefined) {
    // A pattern has at least two segments: "ping.**" matches "ping"; "ping" is no pattern.
    if (depth > 1) patterns.push(prefix);
  } else if (depth < (segments.length > MAX_TOPIC_SEGMENTS ? MAX_TOPIC_SEGMENTS - 1 : MAX_TOPIC_SEGMENTS)) {
    const base = depth === 0 ? "" : `${prefix}.`;
    if (isSegment(segment)) collectPatterns(segments, base + segment, depth + 1, patterns);
    collectPatterns(segments, `${base}*`, depth + 1, patterns);
  }
  if (depth > 0 && depth < MAX_TOPIC_SEGMENTS) patterns.push(`${prefix}.**`);
}
