import { randomBytes } from "node:crypto";
import {
  type Clock,
  type DedupeStore,
  type Duration,
  HeronError,
  memoryDedupe,
  parseDuration,
  systemClock,
} from "@heron-webhooks/core";
import type { Access, Authorize } from "./access.ts";
import { SignedToken } from "./signed-token.ts";

export interface SignedLinkOptions {
  /** Signs links and sessions; 24 characters or more, and the same in every process. */
  readonly secret: string;
  /** How long a link that nobody has opened is good for. Default `"15m"`. */
  readonly linkExpiresIn?: Duration | undefined;
  /** How long who opened it stays in. Default `"8h"`. */
  readonly sessionExpiresIn?: Duration | undefined;
  /**
   * Where is kept which links were opened. Default: this process's memory, so that with several processes a link may be
   * opened once in each; `postgresDedupe(pool)` has them share it.
   */
  readonly dedupe?: DedupeStore | undefined;
  /** For tests. */
  readonly clock?: Pick<Clock, "now"> | undefined;
}

/** Lets people in by links, and by the sessions that these begin. */
export interface SignedLinks extends Authorize {
  /** A link into an account's own console, to be opened once: `console` is the address where that is mounted. */
  link(console: string | URL, access: Access): string;
  /** Begins a session: the value of its cookie, and for how long. Null if the key is wrong, too old, or was used. */
  open(key: string): Promise<OpenedSession | null>;
}

export interface OpenedSession {
  readonly access: Access;
  readonly cookie: string;
  /** In milliseconds. */
  readonly expiresInMs: number;
}

interface LinkClaims {
  readonly account: string;
  readonly admin: boolean;
  readonly until: number;
  readonly id: string;
}

type SessionClaims = Omit<LinkClaims, "id">;

export const SESSION_COOKIE = "heron";
const MAX_EXPIRY_MS = 365 * 86_400_000;

/**
 * Lets people in by links that an application makes for them: the key is in the fragment, which no log and no `Referer`
 * has, and the page exchanges it for a cookie that scripts cannot read.
 * @throws HeronError `secret_missing`, `secret_invalid`, `option_invalid`
 */
export function signedLink(options: SignedLinkOptions): SignedLinks {
  const { secret, dedupe = memoryDedupe(), clock = systemClock } = options;
  const linkLifetimeMs = parseDuration("linkFor", options.linkExpiresIn ?? "15m", { min: 1000, max: MAX_EXPIRY_MS });
  const sessionLifetimeMs = parseDuration("sessionFor", options.sessionExpiresIn ?? "8h", { min: 1000, max: MAX_EXPIRY_MS });
  const links = new SignedToken<LinkClaims>(secret, "link");
  const sessions = new SignedToken<SessionClaims>(secret, "session");
  const authorize: Authorize = (request) => {
    const cookie = getSessionCookie(request.headers.get("cookie") ?? "");
    const claims = cookie === null ? null : sessions.verify(cookie, clock.now());
    return claims === null ? null : { account: claims.account, admin: claims.admin };
  };
  return Object.assign(authorize, {
    link(console: string | URL, { account, admin = false }: Access): string {
      const url = new URL(console);
      if (url.hash !== "") throw new HeronError("option_invalid", "A link's address cannot have a fragment.");
      if (!url.pathname.endsWith("/")) url.pathname += "/";
      const id = randomBytes(12).toString("base64url");
      url.hash = `key=${links.sign({ account, admin, until: clock.now() + linkLifetimeMs, id })}`;
      return url.href;
    },
    async open(key: string): Promise<OpenedSession | null> {
      const claims = links.verify(key, clock.now());
      if (claims === null || !(await redeemOnce(dedupe, claims.id, linkLifetimeMs))) return null;
      const { account, admin } = claims;
      const cookie = sessions.sign({ account, admin, until: clock.now() + sessionLifetimeMs });
      return { access: { account, admin }, cookie, expiresInMs: sessionLifetimeMs };
    },
  });
}

async function redeemOnce(dedupe: DedupeStore, id: string, lifetimeMs: number): Promise<boolean> {
  const key = `console link ${id}`;
  const reservation = await dedupe.reserve(key, lifetimeMs);
  if (reservation === "done" || !("token" in reservation)) return false;
  // Beyond the end of the link itself.
  await dedupe.complete(key, reservation.token, lifetimeMs * 2);
  return true;
}

function getSessionCookie(header: string): string | null {
  for (const part of header.split(";")) {
    const [name, value] = part.split("=", 2);
    if (name?.trim() === SESSION_COOKIE && value !== undefined) return value.trim();
  }
  return null;
}
