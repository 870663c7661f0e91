import type { Hono } from "hono";
import type { Access, Authorize } from "../access/access.ts";
import { isFromElsewhere } from "../access/same-origin.ts";
import { COOKIE, type SignedLinks } from "../access/signed-link.ts";
import type { HeapApi } from "../heap/heap-api.ts";
import { type AdmissionContext, admitted } from "./admission.ts";
import { Problem } from "./problem.ts";
import { readJson } from "./read-json.ts";
import { ref } from "./schemas.ts";
import { checkBody } from "./validation.ts";

const LINK_KEY = ref("LinkKey");

/** What the page does first: who am I, and let me in by this link. */
export function sessionRoutes(
  app: Hono,
  context: AdmissionContext & { readonly heap: HeapApi | null },
): void {
  const shown = ({ account, admin = false }: Access): object => ({
    account,
    admin,
    heap: context.heap !== null,
  });
  const links = context.authorize.find(isSignedLinks);
  app.get("/session", async (c) => {
    return c.json(shown(await admitted(c.req.raw, context)));
  });
  app.post("/session", async (c) => {
    const { value } = await readJson(c.req.raw, LINK_KEY);
    checkBody(LINK_KEY, value);
    const opened = (await links?.open((value as { readonly key: string }).key)) ?? null;
    if (opened === null)
      throw new Problem(401, "This link has been opened before, or its time is over: ask for a new one.");
    c.header("set-cookie", cookie(c.req.raw, opened.cookie, opened.lastsMs));
    c.header("cache-control", "no-store");
    return c.json(shown(opened.access));
  });
  app.delete("/session", (c) => {
    if (isFromElsewhere(c.req.raw)) throw new Problem(403, "This came from another site's page.");
    c.header("set-cookie", cookie(c.req.raw, "", 0));
    return c.body(null, 204);
  });
}

/**
 * Without a path: that is then the directory of this request as the browser sees it, which is that of the API, wherever the
 * console is mounted and whatever is before it. Source: RFC 6265, section 5.1.4.
 */
function cookie(request: Request, value: string, lastsMs: number): string {
  const secure = isSecure(request) ? "; Secure" : "";
  return `${COOKIE}=${value}; HttpOnly; SameSite=Strict; Max-Age=${Math.floor(lastsMs / 1000)}${secure}`;
}

/** A browser takes loopback for secure, but not all of them keep a cookie that says so there. */
function isSecure({ headers }: Request): boolean {
  const host = headers.get("host") ?? "";
  return !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host);
}

function isSignedLinks(authorize: Authorize): authorize is SignedLinks {
  return "open" in authorize && typeof authorize.open === "function";
}
