import { type Signal, signal } from "@preact/signals";
import type { DeliveryDto } from "../src/api/dto/delivery-dto.ts";
import type { PauseDto, WebhookDto } from "../src/api/dto/webhook-dto.ts";
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
  /** Whether the Heap-compatible API is on. */
  readonly heap_api: boolean;
}

/** The session: null if signed out, undefined while unknown. */
export const session = signal<Session | null | undefined>(undefined);

/** An error response of the API. */
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

/** Calls the API. @throws ApiError */
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
    problem.description ?? `The server responded with status ${response.status}.`,
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

/** Why the session could not be loaded; null otherwise. */
export const connectionError: Signal<string | null> = signal<string | null>(null);

const SIGN_IN_RETRY_MS = 3000;
let retryTimer: ReturnType<typeof setTimeout> | undefined;

/** Signs in with the key of a link, which is removed from the address at once, or with the session cookie. */
export async function signIn(key: string | undefined = takeLinkKey()): Promise<void> {
  try {
    session.value =
      key === undefined
        ? await callApi<Session>("GET", "/session")
        : await callApi<Session>("POST", "/session", { key });
    connectionError.value = null;
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 0;
    // A link that was already used can be a reload of the page.
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

/** Signs out in every tab. */
export async function signOut(): Promise<void> {
  await callApi("DELETE", "/session");
  session.value = null;
}
