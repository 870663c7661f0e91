import { describe, expect, test } from "vitest";
import { isLoopback, parseWebhookUrl, type WebhookUrlOptions } from "../../src/delivery/url.ts";
import { catchHeronError } from "../test-receiver.ts";

const refused = (text: string, options: WebhookUrlOptions = {}): string => {
  const { code, message } = catchHeronError(() => parseWebhookUrl(text, options));
  expect(code).toBe("url_invalid");
  return message;
};

describe("a webhook's URL is https", () => {
  test.each([
    ["https://example.com/hooks?a=1", "https://example.com/hooks?a=1"],
    ["HTTPS://Example.COM:443", "https://example.com/"],
    ["https://example.com:8443/x", "https://example.com:8443/x"],
    ["https://127.0.0.1/x", "https://127.0.0.1/x"],
    ["https://example.com/x#fragment", "https://example.com/x"],
  ])("%s", (text, href) => {
    expect(parseWebhookUrl(text).href).toBe(href);
  });

  test("of at most 2,048 characters", () => {
    const url = (length: number): string => `https://e.com/${"x".repeat(length - 14)}`;
    expect(parseWebhookUrl(url(2048)).href).toHaveLength(2048);
    expect(refused(url(2049))).toBe(
      "The URL cannot be used: a webhook's URL is text of at most 2048 characters.",
    );
    // @ts-expect-error what JavaScript may give
    expect(refused(undefined)).toMatch(/is text of at most/);
  });

  test.each(["example.com/hooks", "", "https://", "/hooks", "https://a b"])("which %j is not", (text) => {
    expect(refused(text)).toBe(
      'The URL cannot be used: this is not a URL. Write all of it, such as "https://example.com/webhooks/heron".',
    );
  });

  test.each([
    "https://user:secret@example.com/",
    "https://user@example.com/",
    "https://:secret@example.com/",
  ])("without credentials: %s", (text) => {
    expect(refused(text)).toBe(
      "The URL cannot be used: a user and password in a URL are not sent. Use an Authorization header.",
    );
  });
});

describe("http", () => {
  const WHY =
    /^The URL cannot be used: it must begin with https:\/\/: http:\/\/ can be read and changed on the way/;

  test("is rejected", () => {
    expect(refused("http://example.com/secret")).toMatch(/http:\/\/ can be read and changed on the way\.$/);
    expect(refused("http://localhost/")).toMatch(WHY);
    expect(refused("http://localhost/", { allowHttp: false })).toMatch(WHY);
  });

  test("is accepted for this machine with the option", () => {
    expect(parseWebhookUrl("http://localhost:3000/x", { allowHttp: "loopback" }).href).toBe(
      "http://localhost:3000/x",
    );
    expect(parseWebhookUrl("http://127.1/x", { allowHttp: "loopback" }).href).toBe("http://127.0.0.1/x");
    expect(refused("http://example.com", { allowHttp: "loopback" })).toMatch(
      / on the way\. Only this machine itself \(localhost, 127\.0\.0\.1\) may be http\.$/,
    );
  });

  test("is accepted for any host with the option", () => {
    expect(parseWebhookUrl("http://example.com/", { allowHttp: true }).href).toBe("http://example.com/");
  });

  test.each(["ftp://example.com", "javascript:alert(1)", "file:///etc/passwd", "ws://localhost"])(
    "is the one scheme besides: not %s",
    (text) => {
      for (const allowHttp of [false, "loopback", true] as const)
        expect(refused(text, { allowHttp })).toMatch(/: it must begin with https:/);
    },
  );
});

test("no message quotes the URL: its path may be a secret", () => {
  for (const text of [
    "http://e.com/hidden",
    "hidden",
    "https://hidden:x@e.com",
    `https://e.com/hidden${"x".repeat(3000)}`,
  ])
    expect(refused(text)).not.toContain("hidden");
});

describe("isLoopback", () => {
  test.each(["localhost", "a.localhost", "127.0.0.1", "127.255.255.255", "[::1]"])("%s", (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  test.each([
    "example.com",
    "xlocalhost",
    "localhost.example.com",
    "128.0.0.1",
    "1127.0.0.1",
    "127.0.0.1.nip.io",
    "127.0.0",
    "0.0.0.0",
    "[::]",
    "::1",
    "",
  ])("not %s", (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});
