import { expect } from "vitest";
import { eventBody, SECRET, signatureOf, signedPost } from "../signed.ts";
import type { AdapterUnderTest } from "../types.ts";
import { lawsOf } from "./opened.ts";

const BODY_TEXT = "Iban DE02 1203";

export function logLaws(adapter: AdapterUnderTest): void {
  const law = lawsOf(adapter);

  law("a refusal is one line with its code, and without secret, signature or body", async (open) => {
    const body = eventBody({ data: { text: BODY_TEXT } });
    const [signature, wrong] = [signatureOf(body), signatureOf("x")];
    const broken = body.slice(0, -1);
    const refusals = {
      method_not_allowed: { ...signedPost(body), method: "PUT" },
      encoding_unsupported: { ...signedPost(body), headers: { "content-encoding": "br" } },
      body_too_large: signedPost(" ".repeat(2000) + body),
      signature_missing: { ...signedPost(body), headers: {} },
      signature_malformed: { ...signedPost(body), headers: { "heron-signature": `sha256=${signature}` } },
      signature_mismatch: { ...signedPost(body), headers: { "heron-signature": wrong } },
      invalid_json: signedPost(broken),
      invalid_event: signedPost(JSON.stringify({ topic: 1, data: BODY_TEXT })),
    };
    for (const [code, sent] of Object.entries(refusals)) {
      const { send, logger } = await open({ bodyLimit: 2000 });
      const { status } = await send(sent);
      expect(logger.lines).toMatchObject([{ level: "warn", details: { code, status, receiver: "heron" } }]);
      for (const private_ of [SECRET, SECRET.slice(4), signature, wrong, signatureOf(broken), BODY_TEXT])
        expect(logger.text).not.toContain(private_);
    }
  });

  law("an event that is handled, a duplicate or not for us leaves no warning", async (open) => {
    const { send, logger } = await open({ on: { "end_user.*": () => {} } });
    const post = signedPost();
    for (const sent of [post, post, signedPost(eventBody({ topic: "pdf.failed" }))])
      expect(await send(sent)).toMatchObject({ status: 200 });
    expect(logger.lines.filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
  });

  law("a logger that throws changes no reply", async (open) => {
    const fail = (): never => {
      throw new Error("disk full");
    };
    const { send, handled } = await open({ logger: { debug: fail, info: fail, warn: fail, error: fail } });
    expect(await send({ ...signedPost(), headers: {} })).toMatchObject({ status: 401 });
    expect(await send(signedPost())).toMatchObject({ status: 200 });
    expect(handled).toHaveLength(1);
  });
}
