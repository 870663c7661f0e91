import type { Received } from "@heron-webhooks/conformance/faults";
import { toStandardSecret, verify } from "@heron-webhooks/core";
import { manualClock } from "@heron-webhooks/core/testing";
import { Webhook as Standard } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import type { Sender } from "../src/index.ts";
import { createClockedSender, createStartedSender } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";
import { storeFactories } from "./store-factories.ts";

const HOUR = 3_600_000;
const url = "https://example.com/hook";
const topics = ["**"];
const [A, B, C] = ["a", "b", "c"].map((letter) => `sec_${letter.repeat(40)}`) as [string, string, string];

/** The next request, after an event. */
async function next(sender: Sender, sink: RecordingServer): Promise<Received> {
  await sender.emit("a.b", { n: 1 });
  const request = (await sink.received(sink.requests.length + 1)).at(-1);
  if (request === undefined) throw new Error("nothing came");
  return request;
}

/** Which secrets verify Heron-Signature, and which webhook-signature. */
function signers({ headers, body }: Received): readonly [heron: string, standard: string] {
  const works = (attempt: () => unknown): boolean => {
    try {
      attempt();
      return true;
    } catch {
      return false;
    }
  };
  const names = { a: A, b: B, c: C };
  const which = (check: (secret: string) => unknown): string =>
    Object.entries(names)
      .filter(([, secret]) => works(() => check(secret)))
      .map(([name]) => name)
      .join("");
  return [
    which((secret) => verify(body, String(headers["heron-signature"]), secret, { rawBodyOnly: true })),
    which((secret) => {
      // Signed again rather than verified: the library would hold the time of the test against the system's clock.
      const timestamp = new Date(Number(headers["webhook-timestamp"]) * 1000);
      const id = String(headers["webhook-id"]);
      const signed = new Standard(toStandardSecret(secret)).sign(id, timestamp, body.toString());
      if (!String(headers["webhook-signature"]).split(" ").includes(signed)) throw new Error("not signed");
    }),
  ];
}

describe.each(storeFactories)("over %s", (_, open) => {
  test("until it expires, the old secret signs Heron-Signature, and both sign webhook-signature", async () => {
    await using sink = await RecordingServer.open();
    const { sender, clock } = createClockedSender(open);
    await using _ = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics, secret: A });
    expect(signers(await next(sender, sink))).toEqual(["a", "a"]);
    expect(await sender.webhooks.rotateSecret(id, { secret: B, overlap: "2h" })).toEqual({ secret: B });
    expect(signers(await next(sender, sink))).toEqual(["a", "ab"]);
    expect(await sender.webhooks.secrets(id)).toEqual([
      { value: A, expiresAt: clock.now() + 2 * HOUR },
      { value: B, expiresAt: null },
    ]);
    await clock.advance(2 * HOUR - 1);
    expect(signers(await next(sender, sink))).toEqual(["a", "ab"]);
    await clock.advance(1);
    expect(signers(await next(sender, sink))).toEqual(["b", "b"]);
    expect(await sender.webhooks.secrets(id)).toEqual([{ value: B, expiresAt: null }]);
  });

  test("with overlap 0 the old secret stops signing at once", async () => {
    await using sink = await RecordingServer.open();
    const { sender } = createClockedSender(open);
    await using _ = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics, secret: A });
    await sender.webhooks.rotateSecret(id, { secret: B });
    await sender.webhooks.rotateSecret(id, { secret: C, overlap: 0 });
    expect(signers(await next(sender, sink))).toEqual(["c", "c"]);
    expect(await sender.webhooks.secrets(id)).toEqual([{ value: C, expiresAt: null }]);
  });

  test("after several rotations each old secret expires at its own time", async () => {
    await using sink = await RecordingServer.open();
    const { sender, clock } = createClockedSender(open);
    await using _ = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics, secret: A });
    await sender.webhooks.rotateSecret(id, { secret: B, overlap: "2h" });
    await clock.advance(HOUR);
    await sender.webhooks.rotateSecret(id, { secret: C, overlap: "2h" });
    expect(signers(await next(sender, sink))).toEqual(["a", "abc"]);
    await clock.advance(HOUR);
    expect(signers(await next(sender, sink))).toEqual(["b", "bc"]);
    await clock.advance(HOUR);
    expect(signers(await next(sender, sink))).toEqual(["c", "c"]);
  });
});

test("by default a rotation generates a secret, with an overlap of a day", async () => {
  const clock = manualClock();
  const { sender } = createStartedSender({ clock });
  await using _ = sender;
  const { id } = await sender.webhooks.create({ url, topics, secret: A });
  const { secret } = await sender.webhooks.rotateSecret(id);
  expect(secret).toMatch(/^sec_[\w-]{43}$/);
  expect(await sender.webhooks.secrets(id)).toEqual([
    { value: A, expiresAt: clock.now() + 24 * HOUR },
    { value: secret, expiresAt: null },
  ]);
});

test("four secrets may be expiring; a fifth rotation needs one to expire, or overlap 0", async () => {
  const clock = manualClock();
  const { sender } = createStartedSender({ clock });
  await using _ = sender;
  const { id } = await sender.webhooks.create({ url, topics });
  const rotate = (overlap: 0 | "1h" | "2h"): Promise<unknown> =>
    sender.webhooks.rotateSecret(id, { overlap });
  for (const overlap of ["1h", "2h", "2h", "2h"] as const) await rotate(overlap);
  const before = await sender.webhooks.secrets(id);
  await expect(rotate("2h")).rejects.toMatchObject({ code: "limit_reached" });
  expect(await sender.webhooks.secrets(id)).toEqual(before);
  await clock.advance(HOUR);
  await rotate("2h");
  await expect(rotate("2h")).rejects.toMatchObject({ code: "limit_reached" });
  await rotate(0);
  expect(await sender.webhooks.secrets(id)).toHaveLength(1);
});

test("a rejected rotation changes nothing", async () => {
  const { sender } = createStartedSender();
  await using _ = sender;
  const { id } = await sender.webhooks.create({ url, topics, secret: A });
  const rotate = sender.webhooks.rotateSecret;
  await expect(rotate(id, { secret: "short" })).rejects.toMatchObject({ code: "secret_invalid" });
  await expect(rotate(id, { overlap: -1 })).rejects.toMatchObject({ code: "option_invalid" });
  await expect(rotate(id, { overlap: "400d" })).rejects.toMatchObject({ code: "option_invalid" });
  await expect(rotate(id, { overlap: "soon" as "1s" })).rejects.toMatchObject({ code: "option_invalid" });
  expect(await sender.webhooks.secrets(id)).toEqual([{ value: A, expiresAt: null }]);
});
