import { HeronError } from "../errors.ts";

/** Which URLs besides https ones {@link parseWebhookUrl} takes. */
export interface WebhookUrlOptions {
  /** `"loopback"`: http, to this machine itself. `true`: http to anywhere. Default `false`. */
  readonly allowHttp?: boolean | "loopback" | undefined;
}

const MAX_URL_LENGTH = 2048;

/**
 * A webhook's URL: https, without credentials in it.
 * @throws HeronError `url_invalid`, never quoting the URL: its path may be a secret
 */
export function parseWebhookUrl(text: string, { allowHttp = false }: WebhookUrlOptions = {}): URL {
  if (typeof text !== "string" || text.length > MAX_URL_LENGTH)
    throw createUrlError(`a webhook's URL is text of at most ${MAX_URL_LENGTH} characters`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined)
    throw createUrlError(
      'this is not a URL. Write the whole of it, such as "https://example.com/webhooks/heron"',
    );
  if (url.username !== "" || url.password !== "")
    throw createUrlError("a user and password in a URL are not sent. Put them into an Authorization header");
  const isAllowedHttp =
    url.protocol === "http:" &&
    (allowHttp === true || (allowHttp === "loopback" && isLoopback(url.hostname)));
  if (url.protocol !== "https:" && !isAllowedHttp)
    throw createUrlError(
      `it must begin with https://, since anyone on its way can read and change what ${url.protocol}// carries${
        allowHttp === "loopback" ? ". Only this machine itself (localhost, 127.0.0.1) may be http" : ""
      }`,
    );
  url.hash = "";
  return url;
}

/** Whether a host, as `URL.hostname` has it, is this machine itself. Source: RFC 6761, section 6.3; RFC 1122; RFC 4291. */
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
