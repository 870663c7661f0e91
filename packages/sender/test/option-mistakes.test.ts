import { expect, test } from "vitest";
import { createSender, memoryStore, type Sender, type SenderOptions, sqliteStore } from "../src/index.ts";
import { createStartedSender, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";

type Given = never;

const half = "\ud800";
const example = { amount: 1 };

/** The error as it should be: its code, and what of its message says how to put it right. */
function fault(message: RegExp, code = "option_invalid"): Error {
  const about: unknown = expect.stringMatching(message);
  return expect.objectContaining({ name: "HeronError", code, message: about }) as Error;
}

test.each<[string, Record<string, unknown>, RegExp]>([
  ["a range list that is misspelt", { egress: { alow: [] } }, /"alow".*\ballow\b/],
  ["http as text", { egress: { allowHttp: "yes" } }, /egress\.allowHttp/],
  ["egress that is null", { egress: null }, /egress takes an object/],
  ["egress that is a list", { egress: ["127.0.0.0/8"] }, /egress takes an object/],
  ["a hook that is misspelt", { hooks: { ded() {} } }, /"ded".*\bonDead\b/],
  ["hooks as text", { hooks: "x" }, /hooks takes an object/],
  ["a hook that is no function", { hooks: { onDead: "log it" } }, /hooks\.onDead must be a function/],
  ["topics as a list", { topics: [] }, /topics must be an object/],
  ["topics that are null", { topics: null }, /topics must be an object/],
  ["a topic without an example", { topics: { "a.b": {} } }, /topics\["a\.b"\].*example/],
  ["a topic that is null", { topics: { "a.b": null } }, /topics\["a\.b"\].*example/],
  ["a topic that is a sentence", { topics: { "a.b": "paid" } }, /topics\["a\.b"\].*example/],
  ["a store by its path", { store: "hooks.db" }, /sqliteStore\("hooks\.db"\)/],
  ["a store that is none", { store: {} }, /sqliteStore\("heron\.db"\)/],
  ["a store that is null", { store: null }, /sqliteStore\("heron\.db"\)/],
  ["a clock that does nothing", { clock: {} }, /clock must have the functions now and setTimeout/],
  ["a clock that cannot wait", { clock: { now: Date.now } }, /clock must have the functions/],
  ["a logger that is a number", { logger: 5 }, /logger must have.*debug, info, warn, error/],
  ["a logger that does nothing", { logger: {} }, /logger must have/],
  ["a logger without a level", { logger: { debug() {}, info() {}, warn() {} } }, /logger must have/],
])("%s is rejected with a hint", (_, options, message) => {
  const create = (): unknown => createSender({ store: memoryStore(), ...options } as SenderOptions);
  expect(create).toThrow(fault(message));
});

test("an example may be null, and console is a logger", async () => {
  const options = { topics: { "a.b": { example: null } }, logger: console, hooks: { onDead: undefined } };
  await using sender = createSender({ store: memoryStore(), ...(options as unknown as SenderOptions) });
  expect(await sender.emit("a.b", null)).toMatchObject({ deliveryCount: 0 });
});

test.each<[string, unknown, unknown, RegExp]>([
  ["no path, as an unset environment variable is", "", undefined, /environment variable/],
  ["a path that is undefined", undefined, undefined, /environment variable/],
  ["a path that is no text", { path: "heron.db" }, undefined, /sqliteStore\(\) needs the path/],
  ["options that are null", ":memory:", null, /sqliteStore takes an object/],
  ["an option that is misspelt", ":memory:", { maxPnding: 5 }, /"maxPnding".*\bmaxPending\b/],
  ["no pending delivery", ":memory:", { maxPending: 0 }, /maxPending must be an integer from 1/],
  ["half a pending delivery", ":memory:", { maxPending: 1.5 }, /maxPending/],
  ["a negative wait", ":memory:", { busyTimeout: -1 }, /busyTimeout must be an integer from 0/],
  ["a wait as text", ":memory:", { busyTimeout: "30s" }, /busyTimeout/],
  ["a wait longer than SQLite counts", ":memory:", { busyTimeout: 2 ** 31 }, /busyTimeout/],
  ["a clock without now()", ":memory:", { clock: {} }, /clock/],
])("sqliteStore with %s is rejected before it opens a file", (_, path, options, message) => {
  expect(() => sqliteStore(path as Given, options as Given)).toThrow(fault(message));
});

const asked: readonly [string, (sender: Sender, id: string) => Promise<unknown>, RegExp, string?][] = [
  [
    "an overlap that is misspelt",
    ({ webhooks }, id) => webhooks.rotateSecret(id, { overlapMs: 0 } as Given),
    /"overlapMs".*\boverlap\b/,
  ],
  ["a rotation with null", ({ webhooks }, id) => webhooks.rotateSecret(id, null as Given), /takes an object/],
  [
    "a test of a topic that is misspelt",
    ({ webhooks }, id) => webhooks.sendTest(id, { topik: "a.b" } as Given),
    /"topik".*\btopic\b/,
  ],
  ["a test with null", ({ webhooks }, id) => webhooks.sendTest(id, null as Given), /takes an object/],
  [
    "a time as text to recover from",
    ({ webhooks }, id) => webhooks.recover(id, { since: "2026-01-01T00:00:00Z" as Given }),
    /must be a Date, such as new Date\("2026-01-01T00:00:00Z"\)/,
  ],
  [
    "a day as text to recover from",
    ({ webhooks }, id) => webhooks.recover(id, { since: "2026-01-01" as Given }),
    /must be a Date/,
  ],
  [
    "no length of time to recover from",
    ({ webhooks }, id) => webhooks.recover(id, { since: "soon" as Given }),
    /since must be a duration/,
  ],
  [
    "properties with an account that is misspelt",
    ({ users }) => users.addProperties("ann", {}, { acount: "x" } as Given),
    /"acount".*\baccount\b/,
  ],
  [
    "properties with null",
    ({ users }) => users.addProperties("ann", {}, null as Given),
    /users\.addProperties takes/,
  ],
  ["a user of an acount", ({ users }) => users.get("ann", { acount: "x" } as Given), /"acount"/],
  ["a user with null", ({ users }) => users.get("ann", null as Given), /users\.get takes an object/],
  ["a removal from an acount", ({ users }) => users.delete("ann", { acount: "x" } as Given), /"acount"/],
  ["a removal with null", ({ users }) => users.delete("ann", null as Given), /users\.delete takes an object/],
  ["half a character as an account", ({ accounts }) => accounts.disable(half), /surrogate/],
  ["U+0000 in a user", ({ users }) => users.get("a\0b"), /U\+0000/, "properties_invalid"],
  ["half a character as a user", ({ users }) => users.get(half), /surrogate/, "properties_invalid"],
  ["an event of half an account", (sender) => sender.emit("a.b", 1, { account: `a${half}` }), /surrogate/],
  [
    "an event of half a user",
    (sender) => sender.emit("a.b", 1, { user: half }),
    /surrogate/,
    "properties_invalid",
  ],
  [
    "an event whose id is half a character",
    (sender) => sender.emit("a.b", 1, { id: half }),
    /surrogate/,
    "invalid_event",
  ],
];

test.each(asked)("%s is rejected with a hint", async (_, ask, message, code) => {
  const { sender } = createStartedSender();
  await using _sender = sender;
  const { id, secret } = await sender.webhooks.create({ url: "https://example.com/", topics: ["x.y"] });
  await expect(ask(sender, id)).rejects.toEqual(fault(message, code));
  expect(await sender.webhooks.secrets(id)).toEqual([{ value: secret, expiresAt: null }]);
});

test.each<[string, unknown, RegExp]>([
  ["a misspelt timeout", { grace: 1 }, /"grace".*\btimeout\b/],
  ["null", null, /close takes an object/],
  ["a number", 1000, /close takes an object/],
])("close() with %s is rejected, and the sender stays open", async (_, options, message) => {
  const { sender } = createStartedSender();
  await using _sender = sender;
  const closing = sender.close(options as Given);
  await expect(closing).rejects.toEqual(fault(message));
  expect(await sender.emit("a.b", 1)).toMatchObject({ duplicate: false });
});

/** As a class has it: what is called without its `this` fails. */
class FullDisk {
  readonly #lines: string[] = [];
  readonly lines: readonly string[] = this.#lines;

  debug(): void {}
  info(): void {}
  warn(): Promise<void> {
    return Promise.reject(new Error("no space left on device"));
  }
  error(_: object, message: string): void {
    this.#lines.push(message);
    throw new Error("no space left on device");
  }
}

test("a logger that throws delays neither deliveries nor close()", async () => {
  await using sink = await RecordingServer.open();
  const logger = new FullDisk();
  const onAttempt = (): never => {
    throw new Error("the hook threw");
  };
  const { sender } = createStartedSender({ logger, hooks: { onAttempt } });
  await sender.webhooks.create({ url: sink.url, topics: ["a.b"] });
  await sender.emit("a.b", example);
  await waitForState(sender, "delivered");
  await sender.close();
  expect(logger.lines).toEqual(["heron-webhooks: a hook threw"]);
});

test("a logger that rejects does not end the process", async () => {
  await using sink = await RecordingServer.open();
  sink.respond = () => 410;
  const { sender } = createStartedSender({ logger: new FullDisk() });
  await sender.webhooks.create({ url: sink.url, topics: ["a.b"] });
  await sender.emit("a.b", example);
  await waitForState(sender, "dead");
  await sender.close();
});
