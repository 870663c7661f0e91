import { type Signal, signal } from "@preact/signals";
import type { PauseDto, WebhookDto } from "../src/api/dto/webhook-dto.ts";
import type { DeliveryDto } from "../src/api/dto/delivery-dto.ts";
import { basePath } from "./base.ts";

export type Delivery = DeliveryDto;
export type Webhook = WebhookDto;
export type Pause = PauseDto;

export interface Attempt {
  readonly number: number;
  readonly ended_at: string;
  readonly response_status: number | null;
  readonly duration_ms: number;
  readonly reason: string | null;
  readonly response_text: string | null;
}

export interface DeliveryDetails {
  readonly delivery: Delivery;
  readonly attempts: readonly Attempt[];
  readonly payload: string;
}

export interface Session {
  readonly account: string;
  readonly admin: boolean;
  /** Whether Heap's clients may write here. */
  readonly heap_api: boolean;
}

/** Who is signed in; null for nobody, undefined while that is not known. */
export const session = signal<Session | null | undefined>(undefined);

/** What the API refused, in its words. */
export class ApiError extends Error {
  readonly status: number;
  /** By JSON pointer. */
  readonly errors: ReadonlyMap<string, string>;

  constructor(status: number, message: string, errors: ReadonlyMap<string, string> = new Map()) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

interface Problem {
  readonly description?: string;
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
}

/** Asks the API. @throws Refused */
export async function callApi<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${basePath}api${path}`, {
    method,
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiError(0, "Cannot reach the server. Try again.");
  });
  const text = await response.text();
  if (response.ok) return (text === "" ? undefined : JSON.parse(text)) as T;
  if (response.status === 401 && !path.startsWith("/session")) session.value = null;
  const problem = parseProblem(text);
  const errors = new Map((problem.errors ?? []).map(({ pointer, message }) => [pointer, message]));
  throw new ApiError(
    response.status,
    problem.description ?? `The server answered ${response.status}.`,
    errors,
  );
}

function parseProblem(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {};
  }
}

/** Why it is not known who is signed in; null if it is, or nothing was answered yet. */
export const connectionError: Signal<string | null> = signal<string | null>(null);

const SIGN_IN_RETRY_MS = 3000;
let retryTimer: ReturnType<typeof setTimeout> | undefined;

/** Comes in by a link's key, which leaves the address at once; else by the cookie of an earlier one. */
export async function signIn(key: string | undefined = takeLinkKey()): Promise<void> {
  try {
    session.value =
      key === undefined
        ? await callApi<Session>("GET", "/session")
        : await callApi<Session>("POST", "/session", { key });
    connectionError.value = null;
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 0;
    // A link that was opened before may be a page that was loaded again.
    if (key !== undefined && status >= 400 && status < 500) return signIn(undefined);
    if (status === 401) {
      session.value = null;
      connectionError.value = null;
      return;
    }
    connectionError.value = error instanceof Error ? error.message : String(error);
    clearTimeout(retryTimer);
    retryTimer = setTimeout(() => void signIn(key), SIGN_IN_RETRY_MS);
  }
}

function takeLinkKey(): string | undefined {
  const key = /^#key=(.+)$/.exec(location.hash)?.[1];
  if (key !== undefined) history.replaceState(null, "", location.pathname + location.search);
  return key;
}

/** Goes out, in every tab. */
export async function signOut(): Promise<void> {
  await callApi("DELETE", "/session");
  session.value = null;
}
