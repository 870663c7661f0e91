import { randomBytes } from "node:crypto";
import { type Clock, type Duration, HeronError } from "@heron-webhooks/core";
import { parseDuration, systemClock } from "@heron-webhooks/core/internal";
import { type DedupeStore, memoryDedupe } from "@heron-webhooks/core/receiver";
import type { Access, Authorize } from "./access.ts";
import { SignedToken } from "./signed-token.ts";

export interface SignedLinkOptions {
  /** Signs links and sessions. At least 24 characters; use the same secret in every process. */
  readonly secret: string;
  /** Lifetime of an unopened link. Default `"15m"`. */
  readonly linkExpiresIn?: Duration | undefined;
  /** Lifetime of a session. Default `"8h"`. */
  readonly sessionExpiresIn?: Duration | undefined;
  /**
   * Stores the ids of opened links. Default: this process's memory, so each process accepts a link once. Use
   * `postgresDedupe(pool)` to share it between processes.
   */
  readonly dedupe?: DedupeStore | undefined;
  /** For tests. */
  readonly clock?: Pick<Clock, "now"> | undefined;
}

/** Authenticates people by one-time links and the sessions that they start. */
export interface SignedLinks extends Authorize {
  /** Creates a one-time link. `console` is the URL where the console is mounted. */
  link(console: string | URL, access: Access): string;
  /** Exchanges a link key for a session. Null if the key is invalid, expired or already used. */
  open(key: string): Promise<OpenedSession | null>;
}

export interface OpenedSession {
  readonly access: Access;
  readonly cookie: string;
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
 * Authenticates people by links that the application creates. The key is in the fragment, which logs and `Referer` headers
 * do not contain; the page exchanges it for an `HttpOnly` cookie.
 * @throws HeronError `secret_missing`, `secret_invalid`, `option_invalid`
 */
export function signedLink(options: SignedLinkOptions): SignedLinks {
  const { secret, dedupe = memoryDedupe(), clock = systemClock } = options;
  const linkLifetimeMs = parseDuration("linkExpiresIn", options.linkExpiresIn ?? "15m", {
    min: 1000,
    max: MAX_EXPIRY_MS,
  });
  const sessionLifetimeMs = parseDuration("sessionExpiresIn", options.sessionExpiresIn ?? "8h", {
    min: 1000,
    max: MAX_EXPIRY_MS,
  });
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
      if (url.hash !== "")
        throw new HeronError("option_invalid", "The console URL must not contain a fragment.");
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
  const key = `console-link:${id}`;
  const reservation = await dedupe.reserve(key, lifetimeMs);
  if (reservation === "done" || !("token" in reservation)) return false;
  // Outlasts the link itself.
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
