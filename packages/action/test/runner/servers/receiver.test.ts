import { once } from "node:events";
import { Agent, request } from "node:http";
import { describe, expect, test } from "vitest";
import { Receiver } from "./receiver.ts";

describe("a receiver", () => {
  test("keeps what it was sent, byte for byte", async () => {
    await using receiver = await Receiver.open();
    const body = Buffer.from([0, 255, 10, 13]);
    const before = performance.now();
    await fetch(receiver.url("/a%20b?c=d"), { method: "PUT", body, headers: { "X-Name": "value" } });
    const [got] = receiver.requests;
    expect(got).toMatchObject({ method: "PUT", path: "/a%20b?c=d", client: null });
    expect(got?.body).toEqual(body);
    expect(got?.rawHeaders).toEqual(expect.arrayContaining(["X-Name", "value"]));
    expect(got?.at).toBeGreaterThan(before);
  });

  test("answers from a list, with its last for what is more", async () => {
    await using receiver = await Receiver.open({
      answers: [
        { status: 503, headers: { "retry-after": "1" } },
        { status: 201, body: "made" },
      ],
    });
    const replies = [await fetch(receiver.url()), await fetch(receiver.url()), await fetch(receiver.url())];
    expect(replies.map(({ status }) => status)).toEqual([503, 201, 201]);
    expect(replies[0]?.headers.get("retry-after")).toBe("1");
    expect(await replies[1]?.text()).toBe("made");
  });

  test("answers as a function says, later, and elsewhere", async () => {
    await using receiver = await Receiver.open({
      answers: ({ path }, index) => ({ redirect: `/next${path}`, delayMs: index * 20 }),
    });
    const first = await fetch(receiver.url("/a"), { redirect: "manual" });
    expect([first.status, first.headers.get("location")]).toEqual([302, "/next/a"]);
    const started = performance.now();
    await fetch(receiver.url("/b"), { redirect: "manual" });
    expect(performance.now() - started).toBeGreaterThan(15);
  });

  test("hangs, before its answer and in it", async () => {
    await using receiver = await Receiver.open({ answers: [{ hang: true }, { hang: "body", body: "be" }] });
    const controller = new AbortController();
    const silent = fetch(receiver.url(), { signal: controller.signal });
    await receiver.received(1);
    controller.abort();
    await expect(silent).rejects.toThrow("aborted");
    const half = await fetch(receiver.url());
    const { value } = (await half.body?.getReader().read()) ?? {};
    expect(Buffer.from(value ?? []).toString()).toBe("be");
  });

  test("resets, before its answer and in it", async () => {
    await using receiver = await Receiver.open({ answers: [{ reset: true }, { reset: "body" }] });
    await expect(code(receiver.url())).resolves.toBe("ECONNRESET");
    await expect(code(receiver.url())).resolves.toBe("ECONNRESET");
  });

  test("closes with clients still there", async () => {
    const receiver = await Receiver.open({ answers: [{ hang: true }] });
    const waiting = code(receiver.url());
    await receiver.received(1);
    await receiver[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
    expect(await waiting).toBe("ECONNRESET");
  });
});

/** What a request, or reading its answer, fails with. */
async function code(url: string): Promise<string | undefined> {
  const sent = request(url, { agent: new Agent() });
  // It also fails after its answer has begun, when `once` no longer listens.
  sent.on("error", () => {});
  try {
    sent.end();
    const [response] = await once(sent, "response");
    response.resume();
    await once(response, "end");
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
