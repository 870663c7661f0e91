import { describe, expect, test } from "vitest";
import { runStep } from "./runner/run-step.ts";
import { Receiver } from "./runner/servers/receiver.ts";
import { expectSigned } from "./signatures.ts";
import { runPostStep, SECRET } from "./step.ts";

const OTHER = "sec_another_0123456789abcdefghijklmnop";

describe.concurrent("a signature", () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ["the event that started the workflow", {}],
    ["data of one's own", { topic: "deploy.finished", data: '{"a":[1,null,{"b":"c"}]}' }],
    ["text of all kinds", { data: JSON.stringify('é 🦩 \u2028 \0 " \\ </script> ::error::x\r\n\ud800') }],
    ["a template's body", { template: '{"t":"{{ topic }}","all":"{{ data }}"}', data: '{"z":"ü"}' }],
  ])("is of the bytes that are sent: %s", async (_, given) => {
    const { step, requests } = await runPostStep(given);
    expect(step.annotations).toEqual([]);
    expect(requests).toHaveLength(1);
    for (const request of requests) expectSigned(request, SECRET);
  });

  test("is made with the one secret for all URLs", async () => {
    const [one, other] = await twoUrls(SECRET);
    for (const { requests } of [one, other]) {
      expect(requests).toHaveLength(1);
      for (const request of requests) expectSigned(request, SECRET);
    }
  });

  test("is made with the secret of its line where each URL has its own", async () => {
    const [one, other] = await twoUrls(`${SECRET}\n${OTHER}`);
    for (const request of one.requests) expectSigned(request, SECRET);
    for (const request of other.requests) expectSigned(request, OTHER);
    expect(one.requests[0]?.headers["heron-signature"]).not.toBe(
      other.requests[0]?.headers["heron-signature"],
    );
  });

  test("at every attempt is of the same body, id and Heron-Signature, and of a time of its own", async () => {
    const { step, requests } = await runPostStep(
      {},
      { answers: [{ status: 503, headers: { "retry-after": "2" } }, {}] },
    );
    expect(step.outputs).toMatchObject({ ok: "true", attempts: "2" });
    const [first, second] = requests;
    if (first === undefined || second === undefined) throw new Error("there were no two attempts");
    expect(second.body.equals(first.body)).toBe(true);
    for (const name of ["heron-signature", "webhook-id"])
      expect(second.headers[name]).toBe(first.headers[name]);
    expect(Number(second.headers["webhook-timestamp"])).toBeGreaterThan(
      Number(first.headers["webhook-timestamp"]),
    );
    expect(second.headers["webhook-signature"]).not.toBe(first.headers["webhook-signature"]);
    for (const request of requests) expectSigned(request, SECRET);
  });

  test("is of the time that it is", async () => {
    const { requests } = await runPostStep();
    expect(Math.abs(Number(requests[0]?.headers["webhook-timestamp"]) - Date.now() / 1000)).toBeLessThan(60);
  });

  test("is not what Slack gets, or what takes the same messages", async () => {
    await using slack = await Receiver.open();
    const { requests } = await runPostStep({ "slack-webhook": slack.url("/services/T0/B0/x") });
    expect(requests[0]?.headers).toHaveProperty("heron-signature");
    expect(Object.keys(slack.requests[0]?.headers ?? {}).sort()).toEqual([
      "connection",
      "content-length",
      "content-type",
      "host",
      "user-agent",
    ]);
  });
});

test("each webhook of a step gets the same event under a delivery id of its own", async () => {
  const receivers = await twoUrls(SECRET);
  const requests = receivers.flatMap((receiver) => receiver.requests);
  expect(requests[0]?.body.equals(requests[1]?.body ?? Buffer.alloc(0))).toBe(true);
  expect(new Set(requests.map(({ headers }) => headers["webhook-id"])).size).toBe(2);
});

test("the request is a POST of JSON with its length, to the path and query of the URL", async () => {
  const { requests } = await runPostStep((origin) => ({ url: `${origin}/a/b%20c?token=x%2Fy&z#fragment` }));
  expect(requests[0]).toMatchObject({
    method: "POST",
    path: "/a/b%20c?token=x%2Fy&z",
    headers: {
      "content-type": "application/json",
      "content-length": String(requests[0]?.body.length),
      "user-agent": "heron-webhooks",
    },
  });
});

async function twoUrls(secret: string): Promise<readonly [Receiver, Receiver]> {
  await using one = await Receiver.open();
  await using other = await Receiver.open();
  const step = await runStep({ with: { url: `${one.url("/one")}\n${other.url("/other")}`, secret } });
  expect(step).toMatchObject({ exitCode: 0, annotations: [], outputs: { delivered: "2", attempts: "2" } });
  return [one, other];
}
