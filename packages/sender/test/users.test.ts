import { describe, expect, test } from "vitest";
import type { PropertyValue } from "../src/index.ts";
import { createStartedSender } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";
import { storeFactories } from "./store-factories.ts";

describe.each(storeFactories)("over %s", (_, open) => {
  test("properties are merged, and each account has its own users", async () => {
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    const { users } = sender;
    expect(await users.get("ann")).toBeNull();
    expect(await users.addProperties("ann", { plan: "free", seats: 3, beta: false })).toEqual({
      plan: "free",
      seats: 3,
      beta: false,
    });
    const all = { plan: "pro", seats: 3, beta: null, tags: "a||1||true" };
    expect(await users.addProperties("ann", { plan: "pro", beta: null, tags: ["a", 1, true] })).toEqual(all);
    expect(await users.get("ann")).toEqual(all);
    expect(await users.get("ann", { account: "acme" })).toBeNull();
    await users.addProperties("ann", { plan: "other" }, { account: "acme" });
    expect(await users.get("ann")).toEqual(all);
    expect([await users.delete("ann"), await users.delete("ann")]).toEqual([true, false]);
    expect(await users.get("ann")).toBeNull();
    expect(await users.get("ann", { account: "acme" })).toEqual({ plan: "other" });
  });

  test("one invalid property rejects all", async () => {
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    await sender.users.addProperties("ann", { plan: "free" });
    await expect(sender.users.addProperties("ann", { plan: "pro", id: "x" })).rejects.toMatchObject({
      code: "properties_invalid",
    });
    expect(await sender.users.get("ann")).toEqual({ plan: "free" });
  });

  test("a template reads the properties at emit time, not at delivery time", async () => {
    await using sink = await RecordingServer.open();
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    const template = { who: "{{ user.name }}", plan: '{{ user.plan ?? "none" }}' };
    await sender.webhooks.create({ url: sink.url, topics: ["**"], template });
    await sender.accounts.disable("default");
    await sender.users.addProperties("ann", { name: "Ann" });
    await sender.emit("a.b", 1, { user: "ann" });
    await sender.users.addProperties("ann", { name: "Bea", plan: "pro" });
    await sender.emit("a.b", 2, { user: "ann" });
    await sender.users.delete("ann");
    await sender.emit("a.b", 3, { user: "ann" });
    await sender.accounts.enable("default");
    const bodies = (await sink.received(3)).map(({ body: sent }) => sent.toString()).sort();
    expect(bodies).toEqual([
      '{"who":"Ann","plan":"none"}',
      '{"who":"Bea","plan":"pro"}',
      '{"who":null,"plan":"none"}',
    ]);
  });
});

const long = (length: number): string => "x".repeat(length);

test.each<[string, Record<string, unknown>]>([
  ["a name of 1,025 characters", { [long(1025)]: 1 }],
  ["an empty name", { "": 1 }],
  ["a text of 1,025 characters", { bio: long(1025) }],
  ["the name id", { id: 1 }],
  ["the name ID, in any spelling", { iD: 1 }],
  ["a number that is none", { n: Number.NaN }],
  ["a number without end", { n: Number.POSITIVE_INFINITY }],
  ["an object", { address: { city: "Oslo" } }],
  ["a date", { at: new Date() }],
  ["nothing", { plan: undefined }],
  ["a list with an object", { tags: ["a", {}] }],
  ["a list with a list", { tags: [["a"]] }],
  ["a list with null", { tags: [null] }],
  ["a list with a number that is none", { tags: [Number.NaN] }],
  ["over 64 KiB", Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`k${n}`, long(1000)]))],
])("%s is refused", async (_, properties) => {
  const { sender } = createStartedSender();
  await using _sender = sender;
  const adding = sender.users.addProperties("ann", properties as Record<string, PropertyValue>);
  await expect(adding).rejects.toMatchObject({ name: "HeronError", code: "properties_invalid" });
  expect(await sender.users.get("ann")).toBeNull();
});

test("values at the limits are stored, and a long list is truncated", async () => {
  const { sender } = createStartedSender();
  await using _ = sender;
  const kept = { [long(1024)]: 1, bio: long(1024), identity: "x" };
  expect(await sender.users.addProperties("a".repeat(255), kept as Record<string, PropertyValue>)).toEqual(
    kept,
  );
  const { tags } = await sender.users.addProperties("ann", { tags: [long(1000), long(1000)] });
  expect(tags).toBe(`${long(1000)}||${long(22)}`);
  expect(await sender.users.addProperties("bea", { none: [] })).toEqual({ none: "" });
});

test("a user is 1 to 255 characters, wherever one is named", async () => {
  const { sender } = createStartedSender();
  await using _ = sender;
  for (const user of ["", "a".repeat(256), 5 as unknown as string])
    for (const asked of [
      sender.users.get(user),
      sender.users.addProperties(user, {}),
      sender.users.delete(user),
      sender.emit("a.b", 1, { user }),
    ])
      await expect(asked).rejects.toMatchObject({ code: "properties_invalid" });
  for (const properties of [null, "text", ["a"]])
    await expect(sender.users.addProperties("ann", properties as never)).rejects.toMatchObject({
      code: "properties_invalid",
    });
  await expect(sender.users.get("ann", { account: "" })).rejects.toMatchObject({ code: "option_invalid" });
});

test("properties may be typed by an interface of the application's own", async () => {
  interface Props {
    readonly plan: string;
    readonly seats?: number;
  }
  const { sender } = createStartedSender();
  await using _ = sender;
  const props: Props = { plan: "pro" };
  expect(await sender.users.addProperties("ann", props)).toEqual({ plan: "pro" });
  expect(await sender.forAccount("acme").users.addProperties("ann", props)).toEqual({ plan: "pro" });
  const record: Readonly<Record<string, PropertyValue>> = { seats: 3 };
  expect(await sender.users.addProperties("ann", record)).toEqual({ plan: "pro", seats: 3 });
  const refused = { code: "properties_invalid" };
  // @ts-expect-error: a date is no property.
  await expect(sender.users.addProperties("ann", { since: new Date() })).rejects.toMatchObject(refused);
  // @ts-expect-error: nor is an object.
  await expect(sender.forAccount("acme").users.addProperties("ann", { a: {} })).rejects.toMatchObject(
    refused,
  );
  // @ts-expect-error: text has none.
  await expect(sender.users.addProperties("ann", "pro")).rejects.toMatchObject(refused);
});
