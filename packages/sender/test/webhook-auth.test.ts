import { expect, test } from "vitest";
import type { WebhookAuth, WebhookInput } from "../src/index.ts";
import { createStartedSender } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";

const url = "https://example.com/hook";
const topics = ["**"];

test.each<[string, WebhookAuth, string, string]>([
  // The example of RFC 7617, section 2.
  [
    "a user and a password",
    { user: "Aladdin", password: "open sesame" },
    "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    "basic",
  ],
  // The example of RFC 7617, section 2.1.
  [
    "a password beyond ASCII, in UTF-8",
    { user: "test", password: "123£" },
    "Basic dGVzdDoxMjPCow==",
    "basic",
  ],
  ["an empty user, and colons in the password", { user: "", password: "a:b" }, "Basic OmE6Yg==", "basic"],
  // The example of RFC 6750, section 2.1.
  ["a token", { token: "mF_9.B5f-4.1JqM" }, "Bearer mF_9.B5f-4.1JqM", "bearer"],
  ["a token in base64", { token: "ab+/cd==" }, "Bearer ab+/cd==", "bearer"],
])("%s arrives as the RFC has it", async (_, auth, header, scheme) => {
  await using sink = await RecordingServer.open();
  const { sender } = createStartedSender();
  await using _sender = sender;
  const webhook = await sender.webhooks.create({ url: sink.url, topics, auth });
  expect(webhook.auth).toBe(scheme);
  await sender.emit("a.b", 1);
  const [request] = await sink.received(1);
  expect(request?.headers.authorization).toBe(header);
});

test.each<[string, Partial<WebhookInput>]>([
  ["authorization as a header too", { headers: { AUTHORIZATION: "x" }, auth: { token: "abc" } }],
  ["a user with a colon", { auth: { user: "a:b", password: "c" } }],
  ["a user with a control character", { auth: { user: "a\u0000", password: "c" } }],
  ["a password with a control character", { auth: { user: "a", password: "c\u007f" } }],
  ["no password", { auth: { user: "a" } as WebhookAuth }],
  ["an empty token", { auth: { token: "" } }],
  ["a token with white space", { auth: { token: "a b" } }],
  ["a token with a line break at its end", { auth: { token: "abc\n" } }],
  ["a token that is not there", { auth: { token: undefined } as unknown as WebhookAuth }],
  ["text", { auth: "Bearer abc" as unknown as WebhookAuth }],
  ["more than a header may hold", { auth: { user: "a", password: "c".repeat(8000) } }],
])("%s is refused", async (_, parts) => {
  const { sender } = createStartedSender();
  await using _sender = sender;
  await expect(sender.webhooks.create({ url, topics, ...parts })).rejects.toMatchObject({
    name: "HeronError",
    code: "header_invalid",
  });
});

test("auth is set, replaced and taken away, and the other headers stay", async () => {
  await using sink = await RecordingServer.open();
  const { sender } = createStartedSender();
  await using _ = sender;
  const { id } = await sender.webhooks.create({ url: sink.url, topics, headers: { "X-One": "1" } });
  const sent = async (auth: WebhookAuth | null | undefined): Promise<unknown> => {
    const webhook = await sender.webhooks.update(id, { auth });
    await sender.emit("a.b", 1);
    const request = (await sink.received(sink.requests.length + 1)).at(-1);
    expect(request?.headers["x-one"]).toBe("1");
    return [webhook.auth, request?.headers.authorization];
  };
  expect(await sent({ token: "one" })).toEqual(["bearer", "Bearer one"]);
  expect(await sent(undefined)).toEqual(["bearer", "Bearer one"]);
  expect(await sent({ token: "two" })).toEqual(["bearer", "Bearer two"]);
  expect(await sent({ user: "u", password: "p" })).toEqual(["basic", "Basic dTpw"]);
  expect(await sent(null)).toEqual([null, undefined]);
});

test("an authorization header is shown as its scheme, and auth replaces it", async () => {
  const { sender } = createStartedSender();
  await using _ = sender;
  const made = await sender.webhooks.create({ url, topics, headers: { Authorization: "Digest x", b: "2" } });
  expect(made.auth).toBeNull();
  expect(await sender.webhooks.update(made.id, { headers: { Authorization: "bearer x" } })).toMatchObject({
    auth: "bearer",
  });
  const after = await sender.webhooks.update(made.id, { auth: { token: "x" }, headers: { c: "3" } });
  expect(after.headers).toEqual({ authorization: "Bearer x", c: "3" });
});
