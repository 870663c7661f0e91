import { expect } from "vitest";
import { createEventBody, createSignedPost, signBody } from "../signed-request.ts";
import type { AdapterUnderTest, TestContext, TestEvent } from "../types.ts";
import { createAdapterTest } from "./test-server.ts";

export function testOptions(adapter: AdapterUnderTest): void {
  const adapterTest = createAdapterTest(adapter);

  adapterTest("path: only this path is handled", async (open) => {
    const { send, handled } = await open({ path: "/hooks/from-heron" });
    expect(await send({ ...createSignedPost(), path: "/hooks/from-heron?from=heron" })).toMatchObject({
      status: 200,
    });
    expect(await send(createSignedPost())).toMatchObject({ status: 404 });
    expect(handled).toHaveLength(1);
  });

  adapterTest("signatureHeader: read instead of Heron-Signature, in any case", async (open) => {
    const { send, handled } = await open({ signatureHeader: "X-Acme-Signature" });
    const { headers, ...post } = createSignedPost();
    const renamed = { ...post, headers: { "x-acme-signature": headers["heron-signature"] ?? "" } };
    expect(await send({ ...post, headers })).toMatchObject({ status: 401 });
    expect(await send(renamed)).toMatchObject({ status: 200 });
    expect(handled).toHaveLength(1);
  });

  adapterTest(
    "rawBodyOnly: only the received bytes; without it, also the forms that Heron signs",
    async (open) => {
      const spaced = '{ "topic": "end_user.processed",\n "data": { "name": "Zo\u00eb \u{1f9a9}" } }';
      const compact = '{"topic":"end_user.processed","data":{"name":"Zo\u00eb \u{1f9a9}"}}';
      const ascii = '{"topic":"end_user.processed","data":{"name":"Zo\\u00eb \\ud83e\\udda9"}}';
      const forms: string[] = [];
      const on = { "**": (_event: TestEvent, { form }: TestContext) => void forms.push(form) };
      const tolerant = await open({ on, dedupe: false });
      const rawBodyOnly = await open({ on, dedupe: false, rawBodyOnly: true });
      for (const signed of [spaced, compact, ascii]) {
        const post = { ...createSignedPost(spaced), headers: { "heron-signature": signBody(signed) } };
        expect(await tolerant.send(post)).toMatchObject({ status: 200 });
        expect(await rawBodyOnly.send(post)).toMatchObject({ status: signed === spaced ? 200 : 401 });
      }
      expect(forms).toEqual(["raw", "raw", "compact", "compact-ascii"]);
    },
  );

  adapterTest("schemas: 400 if a schema of the topic rejects the data", async (open) => {
    const schemas = {
      "end_user.*": { type: "object", required: ["heron_id"] },
      "end_user.processed": { properties: { heron_id: { type: "string" } } },
    };
    const { send, handled } = await open({ schemas });
    const good = await send(createSignedPost(createEventBody({ data: { heron_id: "eus_1" } })));
    const wrongType = await send(createSignedPost(createEventBody({ data: { heron_id: 1 } })));
    const missing = await send(
      createSignedPost(createEventBody({ topic: "end_user.reviewed", data: { text: "hunter2" } })),
    );
    const otherTopic = await send(createSignedPost(createEventBody({ topic: "pdf.failed", data: null })));
    expect([good, wrongType, missing, otherTopic].map((response) => response.status)).toEqual([
      200, 400, 400, 200,
    ]);
    expect(missing.body).toBe('{"error":"schema_mismatch"}');
    expect(handled).toHaveLength(2);
  });

  adapterTest("tolerance: 401 for an event that is too old, too new or without a time", async (open) => {
    const { send, clock, handled } = await open({ tolerance: "5m" });
    const at = (ms: number): string => new Date(clock.now() + ms).toISOString();
    const minutes = 60_000;
    const kept = [at(0), at(-5 * minutes), at(5 * minutes)];
    const stale = [at(-5 * minutes - 1), at(5 * minutes + 1), at(525_600 * minutes), "yesterday", null];
    for (const created of kept)
      expect(await send(createSignedPost(createEventBody({ created })))).toMatchObject({ status: 200 });
    for (const created of stale) {
      const response = await send(createSignedPost(createEventBody({ created })));
      expect(response).toMatchObject({ status: 401, body: '{"error":"unauthorized"}' });
    }
    const { created: _, ...timeless } = JSON.parse(createEventBody()) as Record<string, unknown>;
    expect(await send(createSignedPost(JSON.stringify(timeless)))).toMatchObject({ status: 401 });
    expect(handled).toHaveLength(kept.length);
  });

  adapterTest("onError: called for every failure, and its own errors are contained", async (open) => {
    const codes: string[] = [];
    const onError = (error: Error & { readonly code: string }): never => {
      codes.push(error.code);
      throw new Error("and failed");
    };
    const on = { "**": () => Promise.reject(new Error("no")) };
    const { send } = await open({ on, onError });
    expect(await send({ ...createSignedPost(), headers: {} })).toMatchObject({ status: 401 });
    expect(await send(createSignedPost())).toMatchObject({ status: 500 });
    expect(codes).toEqual(["signature_missing", "handler_failed"]);
  });
}
