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

const CREATE_SESSION_SCHEMA = ref("CreateSessionRequest");

/** Registers the routes that get, create and delete the session of the page. */
export function registerSessionRoutes(
  app: Hono,
  context: AuthenticationContext & { readonly heapApi: HeapApi | null },
): void {
  const toSessionDto = ({ account, admin = false }: Access): object => ({
    account,
    admin,
    heap_api: context.heapApi !== null,
  });
  const links = context.authorizers.find(isSignedLinks);
  app.get("/session", async (c) => {
    return c.json(toSessionDto(await authenticate(c.req.raw, context)));
  });
  app.post("/session", async (c) => {
    const { value } = await readJson(c.req.raw, CREATE_SESSION_SCHEMA);
    assertBody(CREATE_SESSION_SCHEMA, value);
    const session = (await links?.open((value as { readonly key: string }).key)) ?? null;
    if (session === null)
      throw new Problem(401, "This link has expired or was already used. Ask for a new one.");
    c.header("set-cookie", toSetCookie(c.req.raw, session.cookie, session.expiresInMs));
    c.header("cache-control", "no-store");
    return c.json(toSessionDto(session.access));
  });
  app.delete("/session", (c) => {
    if (isCrossSite(c.req.raw)) throw new Problem(403, "Cross-site request refused.");
    c.header("set-cookie", toSetCookie(c.req.raw, "", 0));
    return c.body(null, 204);
  });
}

/**
 * Sets no `Path`: the browser then uses the directory of this request, which is that of the API wherever the console is
 * mounted and whatever proxy is in front. Source: RFC 6265, section 5.1.4.
 */
function toSetCookie(request: Request, value: string, maxAgeMs: number): string {
  const secureAttribute = requiresSecureCookie(request) ? "; Secure" : "";
  return `${SESSION_COOKIE}=${value}; HttpOnly; SameSite=Strict; Max-Age=${Math.floor(maxAgeMs / 1000)}${secureAttribute}`;
}

/** Not every browser keeps a `Secure` cookie of a loopback host. */
function requiresSecureCookie({ headers }: Request): boolean {
  const host = headers.get("host") ?? "";
  return !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host);
}

function isSignedLinks(authorize: Authorize): authorize is SignedLinks {
  return "open" in authorize && typeof authorize.open === "function";
}
