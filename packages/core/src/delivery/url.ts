import { HeronError } from "../errors.ts";

/** Options of {@link parseWebhookUrl}. */
export interface WebhookUrlOptions {
  /** `"loopback"`: also http to this machine. `true`: also http to any host. Default `false`: https only. */
  readonly allowHttp?: boolean | "loopback" | undefined;
}

const MAX_URL_LENGTH = 2048;

/**
 * Parses a webhook's URL: https, without credentials.
 * @throws HeronError `url_invalid`, never quoting the URL: its path may be a secret
 */
export function parseWebhookUrl(text: string, { allowHttp = false }: WebhookUrlOptions = {}): URL {
  if (typeof text !== "string" || text.length > MAX_URL_LENGTH)
    throw createUrlError(`a webhook's URL is text of at most ${MAX_URL_LENGTH} characters`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined)
    throw createUrlError('this is not a URL. Write all of it, such as "https://example.com/webhooks/heron"');
  if (url.username !== "" || url.password !== "")
    throw createUrlError("a user and password in a URL are not sent. Use an Authorization header");
  const isAllowedHttp =
    url.protocol === "http:" &&
    (allowHttp === true || (allowHttp === "loopback" && isLoopback(url.hostname)));
  if (url.protocol !== "https:" && !isAllowedHttp)
    throw createUrlError(
      `it must begin with https://: ${url.protocol}// can be read and changed on the way${
        allowHttp === "loopback" ? ". Only this machine itself (localhost, 127.0.0.1) may be http" : ""
      }`,
    );
  url.hash = "";
  return url;
}

/** Whether a `URL.hostname` is this machine. Source: RFC 6761, section 6.3; RFC 1122; RFC 4291. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    /^127(?:\.\d+){3}$/.test(hostname) ||
    hostname === "[::1]"
  );
}

function createUrlError(reason: string): HeronError {
  return new HeronError("url_invalid", `The URL cannot be used: ${reason}.`);
}
