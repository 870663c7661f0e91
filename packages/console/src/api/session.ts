import type { Hono } from "hono";
import type { Access, Authorize } from "../access/access.ts";
import { isCrossSite } from "../access/cross-site.ts";
import { SESSION_COOKIE, type SignedLinks } from "../access/signed-link.ts";
import type { HeapApi } from "../heap/heap-api.ts";
import { type AuthenticationContext, authenticate } from "./authenticate.ts";
import { Problem } from "./problem.ts";
import { readJson } from "./read-body.ts";
import { ref } from "./schemas.ts";
import { assertBody } from "./validation.ts";

const LINK_KEY_SCHEMA = ref("LinkKey");

/** What the page does first: who am I, and let me in by this link. */
export function registerSessionRoutes(
  app: Hono,
  context: AuthenticationContext & { readonly heapApi: HeapApi | null },
): void {
  const toSessionDto = ({ account, admin = false }: Access): object => ({
    account,
    admin,
    heap: context.heapApi !== null,
  });
  const links = context.authorizers.find(isSignedLinks);
  app.get("/session", async (c) => {
    return c.json(toSessionDto(await authenticate(c.req.raw, context)));
  });
  app.post("/session", async (c) => {
    const { value } = await readJson(c.req.raw, LINK_KEY_SCHEMA);
    assertBody(LINK_KEY_SCHEMA, value);
    const session = (await links?.open((value as { readonly key: string }).key)) ?? null;
    if (session === null)
      throw new Problem(401, "This link has been opened before, or its time is over: ask for a new one.");
    c.header("set-cookie", toSetCookie(c.req.raw, session.cookie, session.expiresInMs));
    c.header("cache-control", "no-store");
    return c.json(toSessionDto(session.access));
  });
  app.delete("/session", (c) => {
    if (isCrossSite(c.req.raw)) throw new Problem(403, "This came from another site's page.");
    c.header("set-cookie", toSetCookie(c.req.raw, "", 0));
    return c.body(null, 204);
  });
}

/**
 * Without a path: that is then the directory of this request as the browser sees it, which is that of the API, wherever the
 * console is mounted and whatever is before it. Source: RFC 6265, section 5.1.4.
 */
function toSetCookie(request: Request, value: string, maxAgeMs: number): string {
  const secureAttribute = requiresSecureCookie(request) ? "; Secure" : "";
  return `${SESSION_COOKIE}=${value}; HttpOnly; SameSite=Strict; Max-Age=${Math.floor(maxAgeMs / 1000)}${secureAttribute}`;
}

/** A browser takes loopback for secure, but not all of them keep a cookie that says so there. */
function requiresSecureCookie({ headers }: Request): boolean {
  const host = headers.get("host") ?? "";
  return !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host);
}

function isSignedLinks(authorize: Authorize): authorize is SignedLinks {
  return "open" in authorize && typeof authorize.open === "function";
}
