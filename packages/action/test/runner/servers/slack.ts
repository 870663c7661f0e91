import type { ServerOptions } from "node:https";
import { findFaults } from "./block-kit.ts";
import { type Answer, type ReceivedRequest, Receiver } from "./receiver.ts";
import { isObject } from "./shapes.ts";

/** A message that was taken, as it came. */
export type SlackMessage = Readonly<Record<string, unknown>>;

export interface SlackOptions {
  readonly tls?: ServerOptions;
  /** How many requests are answered 429 before any is looked at. Default 0. */
  readonly limitFirst?: number;
  /** Whether a webhook takes one message a second and answers 429 to more. Default false. */
  readonly onePerSecond?: boolean;
  /** Of an answer of 429. Default "1". */
  readonly retryAfter?: string;
  /** Further answers for the first requests, such as `{ status: 500, body: "rollup_error" }`. */
  readonly refusals?: readonly Answer[];
  /** Names a trigger's workflow declares; others are refused. Default, any. */
  readonly variables?: readonly string[];
}

const team = "T00000000";
const service = "B00000000";
const token = "hooktokenhooktokenhookto";
const triggerPath = `/triggers/${team}/1234567890123/0123456789abcdef0123456789abcdef`;
const longestText = 40_000;
const mostAttachments = 100;

/**
 * Stands in for Slack: incoming webhooks and workflow triggers, as documented and, where Slack does not say, as
 * its users have seen it. Stricter than Slack in one thing: a trigger refuses at once what would fail later.
 */
export class Slack implements AsyncDisposable {
  /** A secret of which nothing may be seen. */
  readonly token: string = token;
  readonly messages: SlackMessage[] = [];
  /** The variables that a trigger was given. */
  readonly runs: Readonly<Record<string, string>>[] = [];
  /** Why blocks were refused, which Slack itself does not say. */
  readonly faults: string[] = [];
  readonly receiver: Receiver;
  readonly #options: SlackOptions;
  readonly #acceptedAt = new Map<string, number>();
  #limited = 0;

  private constructor(receiver: Receiver, options: SlackOptions) {
    this.receiver = receiver;
    this.#options = options;
  }

  static async open(options: SlackOptions = {}): Promise<Slack> {
    const { tls, refusals = [] } = options;
    const receiver = await Receiver.open({
      answers: (request, index): Answer => refusals[index] ?? slack.#answer(request),
      ...(tls === undefined ? {} : { tls }),
    });
    const slack = new Slack(receiver, options);
    return slack;
  }

  get requests(): readonly ReceivedRequest[] {
    return this.receiver.requests;
  }

  /** A webhook's path, with the parts of another where they are given. */
  path(parts: { readonly team?: string; readonly service?: string; readonly token?: string } = {}): string {
    return `/services/${parts.team ?? team}/${parts.service ?? service}/${parts.token ?? token}`;
  }

  /** The webhook that exists. */
  get url(): string {
    return this.receiver.url(this.path());
  }

  /** The trigger that exists. */
  get triggerPath(): string {
    return triggerPath;
  }

  get triggerUrl(): string {
    return this.receiver.url(triggerPath);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.receiver[Symbol.asyncDispose]();
  }

  #answer(request: ReceivedRequest): Answer {
    const { limitFirst = 0 } = this.#options;
    if (request.method !== "POST") return said(405, "method_not_allowed");
    if (this.#limited < limitFirst) {
      this.#limited++;
      return this.#tooMany();
    }
    if (/^\/(?:triggers|workflows)\//.test(request.path)) return this.#trigger(request);
    const [, , ...parts] = request.path.split("/");
    if (!request.path.startsWith("/services/") || parts.length !== 3) return said(404, "no_service");
    if (parts[0] !== team) return said(404, "no_team");
    if (parts[1] !== service) return said(404, "no_service");
    if (parts[2] !== token) return said(403, "invalid_token");
    return this.#message(request);
  }

  #message(request: ReceivedRequest): Answer {
    const message = json(request);
    if (!isObject(message)) return said(400, "invalid_payload");
    if ("channel" in message) return said(404, "channel_not_found");
    const { text, blocks, attachments } = message;
    if (text !== undefined && typeof text !== "string") return said(400, "invalid_payload");
    const saysNothing = [text ?? "", blocks ?? [], attachments ?? []].every(
      (part) => (typeof part === "string" || Array.isArray(part)) && part.length === 0,
    );
    if (saysNothing) return said(400, "no_text");
    if (Array.isArray(attachments) && attachments.length > mostAttachments)
      return said(400, "too_many_attachments");
    const faults = findFaults(message);
    if (faults.length > 0) {
      this.faults.push(...faults);
      return said(400, "invalid_blocks");
    }
    if (this.#isTooSoon(request)) return this.#tooMany();
    this.messages.push(text === undefined ? message : { ...message, text: text.slice(0, longestText) });
    return said(200, "ok");
  }

  /** A trigger says no with 200. */
  #trigger(request: ReceivedRequest): Answer {
    const { variables } = this.#options;
    const body = json(request);
    if (request.path !== triggerPath) return createJsonAnswer({ ok: false, error: "trigger_not_found" });
    if (!isObject(body)) return createJsonAnswer({ ok: false, error: "invalid_payload" });
    const entries = Object.entries(body);
    const flat = entries.filter((entry): entry is [string, string] => typeof entry[1] === "string");
    if (flat.length < entries.length)
      return createJsonAnswer({ ok: false, error: "parameter_validation_failed" });
    if (variables !== undefined && flat.some(([name]) => !variables.includes(name)))
      return createJsonAnswer({ ok: false, error: "parameter_validation_failed" });
    this.runs.push(Object.fromEntries(flat));
    return createJsonAnswer({ ok: true });
  }

  #isTooSoon({ path, at }: ReceivedRequest): boolean {
    const last = this.#acceptedAt.get(path);
    if (this.#options.onePerSecond === true && last !== undefined && at - last < 1000) return true;
    this.#acceptedAt.set(path, at);
    return false;
  }

  #tooMany(): Answer {
    const { retryAfter = "1" } = this.#options;
    return {
      ...createJsonAnswer({ retry_after: Number(retryAfter), ok: false, error: "rate_limited" }),
      status: 429,
      headers: { "content-type": "application/json; charset=utf-8", "retry-after": retryAfter },
    };
  }
}

/** JSON, said to be it: Slack looks at the type. */
function json({ headers, body }: ReceivedRequest): unknown {
  if (!/^application\/json\s*(?:;|$)/i.test(headers["content-type"] ?? "")) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

function said(status: number, body: string): Answer {
  return { status, body, headers: { "content-type": "text/plain; charset=utf-8" } };
}

function createJsonAnswer(body: object): Answer {
  return {
    status: 200,
    body: JSON.stringify(body),
    headers: { "content-type": "application/json; charset=utf-8" },
  };
}
