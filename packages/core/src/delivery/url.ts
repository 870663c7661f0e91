import { HeronError } from "../errors.ts";

/** Which URLs besides https ones {@link webhookUrl} takes. */
export interface WebhookUrlOptions {
  /** `"loopback"`: http, to this machine itself. `true`: http to anywhere. Default `false`. */
  readonly http?: boolean | "loopback" | undefined;
}

const LONGEST_URL = 2048;

/**
 * A webhook's URL: https, without credentials in it.
 * @throws HeronError `url_invalid`, never quoting the URL: its path may be a secret
 */
export function webhookUrl(text: string, { http = false }: WebhookUrlOptions = {}): URL {
  if (typeof text !== "string" || text.length > LONGEST_URL)
    throw invalid(`a webhook's URL is text of at most ${LONGEST_URL} characters`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined)
    throw invalid('this is not a URL. Write the whole of it, such as "https://example.com/webhooks/heron"');
  if (url.username !== "" || url.password !== "")
    throw invalid("a user and password in a URL are not sent. Put them into an Authorization header");
  const plain =
    url.protocol === "http:" && (http === true || (http === "loopback" && isLoopback(url.hostname)));
  if (url.protocol !== "https:" && !plain)
    throw invalid(
      `it must begin with https://, since anyone on its way can read and change what ${url.protocol}// carries${
        http === "loopback" ? ". Only this machine itself (localhost, 127.0.0.1) may be http" : ""
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

function invalid(why: string): HeronError {
  return new HeronError("url_invalid", `The URL cannot be used: ${why}.`);
}
