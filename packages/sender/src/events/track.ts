import { hash } from "node:crypto";
import { HeronError, MAX_TOPIC_LENGTH } from "@heron-webhooks/core";
import { assertKnownKeys } from "@heron-webhooks/engine";
import { applyPropertyLimits, type Properties } from "../users/properties.ts";
import type { EmitOptions } from "./new-event.ts";

/** The options of a tracked event. */
export interface TrackOptions<P = object> {
  /** The account whose webhooks receive it. Default `"default"`. */
  readonly account?: string | undefined;
  /** The user it is about. */
  readonly user?: string | undefined;
  /** Text, finite numbers, booleans and null; lists are joined by `||`. Heap's limits apply, as for user properties. */
  readonly properties?: (P & Properties<P>) | undefined;
  /** When it happened. Default: now. */
  readonly timestamp?: string | Date | undefined;
  /** The same key again, while the event is retained, changes nothing. At most 1,024 characters. */
  readonly idempotencyKey?: string | undefined;
}

/** An event of `trackAll`. */
export interface TrackInput extends Omit<TrackOptions, "account"> {
  readonly name: string;
}

/** A tracked event in the form of `emit`. */
export interface TrackedEvent {
  readonly topic: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly options: EmitOptions;
}

const OPTION_KEYS: Readonly<Record<keyof TrackOptions, true>> = {
  account: true,
  user: true,
  properties: true,
  timestamp: true,
  idempotencyKey: true,
};

const MAX_TEXT_LENGTH = 1024;
const TOPIC_PREFIX = "track.";

/**
 * Converts a tracked event. Its topic is its name if the application offers that topic, else `track.<name in
 * snake_case>` with the name in `data.event`, which overrides a property of that name.
 * @throws HeronError `invalid_event`, `properties_invalid`, `option_invalid`
 */
export function toTrackedEvent(
  name: string,
  options: TrackOptions,
  isCatalogueTopic: (topic: string) => boolean,
): TrackedEvent {
  if (!isValidText(name))
    throw new HeronError("invalid_event", `An event's name must be 1 to ${MAX_TEXT_LENGTH} characters.`);
  assertKnownKeys("track", options, OPTION_KEYS);
  const { account, user, properties = {}, timestamp, idempotencyKey } = options;
  if (idempotencyKey !== undefined && !isValidText(idempotencyKey))
    throw new HeronError(
      "option_invalid",
      `idempotencyKey must be a string of 1 to ${MAX_TEXT_LENGTH} characters.`,
    );
  const data = applyPropertyLimits(properties);
  const hasOwnTopic = isCatalogueTopic(name);
  return {
    topic: hasOwnTopic ? name : toTrackTopic(name),
    data: hasOwnTopic ? data : { ...data, event: name },
    options: {
      account,
      user,
      created: timestamp,
      ...(idempotencyKey === undefined ? {} : { id: toEventId(idempotencyKey) }),
    },
  };
}

/** Applications use few event names, each many times. */
const MAX_CACHED_TOPICS = 1000;
const topicCache = new Map<string, string>();

/**
 * `track.send_email` for "Send Email". Accents are dropped, and other characters that a topic cannot have become `_`.
 */
export function toTrackTopic(name: string): string {
  const cached = topicCache.get(name);
  if (cached !== undefined) return cached;
  if (topicCache.size >= MAX_CACHED_TOPICS) topicCache.clear();
  const topic = formatTopic(name);
  topicCache.set(name, topic);
  return topic;
}

function formatTopic(name: string): string {
  const words = name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, MAX_TOPIC_LENGTH - TOPIC_PREFIX.length)
    .replace(/^_+|_+$/g, "");
  return TOPIC_PREFIX + (words === "" ? "unnamed" : words);
}

function isValidText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MAX_TEXT_LENGTH && value.isWellFormed();
}

/** The key is hashed into the event id, as Heap does, so it may be long and cannot collide with other ids. */
function toEventId(key: string): string {
  return `evt_${hash("sha256", `track ${key}`).slice(0, 32)}`;
}
