import { hash } from "node:crypto";
import { HeronError, LONGEST_TOPIC } from "@heron-webhooks/core";
import { checkNames } from "@heron-webhooks/engine";
import { heldToLimits, type Properties } from "../users/properties.ts";
import type { EmitOptions } from "./new-event.ts";

/** What is said of an event that an analytics client names, beside its name. */
export interface TrackOptions<P = object> {
  /** Whose webhooks get it. Default `"default"`. */
  readonly account?: string | undefined;
  /** The user it is about. */
  readonly user?: string | undefined;
  /** Text and finite numbers, true, false and null; lists are joined by `||`. Held to Heap's limits, as a user's are. */
  readonly properties?: (P & Properties<P>) | undefined;
  /** When it happened. Default: now. */
  readonly timestamp?: string | Date | undefined;
  /** The same key again, while the event is kept, changes nothing. At most 1,024 characters. */
  readonly idempotencyKey?: string | undefined;
}

/** One of several events that are tracked together. */
export interface TrackInput extends Omit<TrackOptions, "account"> {
  readonly name: string;
}

/** An event as it is emitted. */
export interface Tracked {
  readonly topic: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly options: EmitOptions;
}

const NAMES: Readonly<Record<keyof TrackOptions, true>> = {
  account: true,
  user: true,
  properties: true,
  timestamp: true,
  idempotencyKey: true,
};

const LONGEST = 1024;
const PREFIX = "track.";

/**
 * What Heap calls an event, as one of this sender's: of its own topic if the application offers that, else of
 * `track.<name in snake_case>`, with the name in `data.event`, whatever property is called that.
 * @throws HeronError `invalid_event`, `properties_invalid`, `option_invalid`
 */
export function tracked(name: string, options: TrackOptions, isOffered: (topic: string) => boolean): Tracked {
  if (!isText(name)) throw new HeronError("invalid_event", `An event's name is 1 to ${LONGEST} characters.`);
  checkNames("track", options, NAMES);
  const { account, user, properties = {}, timestamp, idempotencyKey } = options;
  if (idempotencyKey !== undefined && !isText(idempotencyKey))
    throw new HeronError("option_invalid", `idempotencyKey is text of 1 to ${LONGEST} characters.`);
  const data = heldToLimits(properties);
  const isOwn = isOffered(name);
  return {
    topic: isOwn ? name : trackTopic(name),
    data: isOwn ? data : { ...data, event: name },
    options: {
      account,
      user,
      created: timestamp,
      ...(idempotencyKey === undefined ? {} : { id: idOf(idempotencyKey) }),
    },
  };
}

/** An application has few names, many times each. */
const MOST_REMEMBERED = 1000;
const remembered = new Map<string, string>();

/** `track.send_email` for "Send Email"; letters lose their accents, and what is none of a topic's characters is `_`. */
export function trackTopic(name: string): string {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  const topic = topicOf(name);
  remembered.set(name, topic);
  return topic;
}

function topicOf(name: string): string {
  const words = name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, LONGEST_TOPIC - PREFIX.length)
    .replace(/^_+|_+$/g, "");
  return PREFIX + (words === "" ? "unnamed" : words);
}

function isText(given: unknown): given is string {
  return typeof given === "string" && given !== "" && given.length <= LONGEST && given.isWellFormed();
}

/** Heap hashes a key into its events' ids; so it may be as long as it likes, and is nobody else's id by chance. */
function idOf(key: string): string {
  return `evt_${hash("sha256", `track ${key}`).slice(0, 32)}`;
}
