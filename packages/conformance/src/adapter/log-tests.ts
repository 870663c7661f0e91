import { expect } from "vitest";
import { createEventBody, createSignedPost, SECRET, signBody } from "../signed-request.ts";
import type { AdapterUnderTest } from "../types.ts";
import { createAdapterTest } from "./test-server.ts";

const BODY_TEXT = "Iban DE02 1203";

export function testLogs(adapter: AdapterUnderTest): void {
  const adapterTest = createAdapterTest(adapter);

  adapterTest(
    "a rejected request logs one line with its code, without secret, signature or body",
    async (open) => {
      const body = createEventBody({ data: { text: BODY_TEXT } });
      const [signature, wrong] = [signBody(body), signBody("x")];
      const broken = body.slice(0, -1);
      const refusals = {
        method_not_allowed: { ...createSignedPost(body), method: "PUT" },
        encoding_unsupported: { ...createSignedPost(body), headers: { "content-encoding": "br" } },
        body_too_large: createSignedPost(" ".repeat(2000) + body),
        signature_missing: { ...createSignedPost(body), headers: {} },
        signature_malformed: {
          ...createSignedPost(body),
          headers: { "heron-signature": `sha256=${signature}` },
        },
        signature_mismatch: { ...createSignedPost(body), headers: { "heron-signature": wrong } },
        invalid_json: createSignedPost(broken),
        invalid_event: createSignedPost(JSON.stringify({ topic: 1, data: BODY_TEXT })),
      };
      for (const [code, sent] of Object.entries(refusals)) {
        const { send, logger } = await open({ bodyLimit: 2000 });
        const { status } = await send(sent);
        expect(logger.lines).toMatchObject([{ level: "warn", details: { code, status, receiver: "heron" } }]);
        for (const private_ of [SECRET, SECRET.slice(4), signature, wrong, signBody(broken), BODY_TEXT])
          expect(logger.text).not.toContain(private_);
      }
    },
  );

  adapterTest("a handled, duplicate or unmatched event logs no warning", async (open) => {
    const { send, logger } = await open({ on: { "end_user.*": () => {} } });
    const post = createSignedPost();
    for (const sent of [post, post, createSignedPost(createEventBody({ topic: "pdf.failed" }))])
      expect(await send(sent)).toMatchObject({ status: 200 });
    expect(logger.lines.filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
  });

  adapterTest("a throwing logger changes no response", async (open) => {
    const fail = (): never => {
      throw new Error("disk full");
    };
    const { send, handled } = await open({ logger: { debug: fail, info: fail, warn: fail, error: fail } });
    expect(await send({ ...createSignedPost(), headers: {} })).toMatchObject({ status: 401 });
    expect(await send(createSignedPost())).toMatchObject({ status: 200 });
    expect(handled).toHaveLength(1);
  });
}
