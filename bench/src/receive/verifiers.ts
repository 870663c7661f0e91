import { createHmac, timingSafeEqual } from "node:crypto";
import { sign, toStandardSecret, verify } from "@heron-webhooks/core";
import { sign as octokitSign, verify as octokitVerify } from "@octokit/webhooks-methods";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Stripe } from "stripe";
import { Webhook as SvixWebhook } from "svix";
import type { Candidate } from "../ratio.ts";
import { SECRET } from "./events.ts";

/** All verifiers over the same bodies, each with its signature and type of body. */
export async function createVerifiers(bodies: readonly Uint8Array[]): Promise<Candidate[]> {
  return [
    createBareVerifier("bare createHmac", bodies),
    createBareVerifier("bare again (A/A)", bodies),
    createHeronVerifier(bodies),
    createStripeVerifier(bodies),
    await createOctokitVerifier(bodies),
    ...createStandardVerifiers(bodies),
  ];
}

/** The minimal correct check. */
export function createBareVerifier(name: string, bodies: readonly Uint8Array[]): Candidate {
  const ring = createRing(bodies, (body) => ({ body, signature: sign(body, SECRET) }));
  return {
    name,
    call(turn) {
      const { body, signature } = ring(turn);
      const expected = createHmac("sha256", SECRET).update(body).digest();
      const given = Buffer.from(signature, "base64");
      return assertMatches(given.length === expected.length && timingSafeEqual(given, expected));
    },
  };
}

function createHeronVerifier(bodies: readonly Uint8Array[]): Candidate {
  const ring = createRing(bodies, (body) => ({ body, signature: sign(body, SECRET) }));
  return {
    name: "heron verify",
    call(turn) {
      const { body, signature } = ring(turn);
      return verify(body, signature, SECRET);
    },
  };
}

/** `webhooks.signature.verifyHeader`: `constructEvent` without JSON.parse. Takes text, which saves decoding. */
function createStripeVerifier(bodies: readonly Uint8Array[]): Candidate {
  const { webhooks } = new Stripe("sk_test_none");
  const { signature } = webhooks;
  if (signature === null) throw new Error("stripe has no signature helper");
  const ring = createRing(bodies, (body) => {
    const payload = decodeText(body);
    return { payload, header: webhooks.generateTestHeaderString({ payload, secret: SECRET }) };
  });
  return {
    name: "stripe verifyHeader",
    call(turn) {
      const { payload, header } = ring(turn);
      return signature.verifyHeader(payload, header, SECRET);
    },
  };
}

async function createOctokitVerifier(bodies: readonly Uint8Array[]): Promise<Candidate> {
  const signed = await Promise.all(
    bodies.map(async (body) => ({
      payload: decodeText(body),
      signature: await octokitSign(SECRET, decodeText(body)),
    })),
  );
  const ring = createRing(signed, (signedBody) => signedBody);
  return {
    name: "@octokit/webhooks-methods",
    isAsync: true,
    async call(turn) {
      const { payload, signature } = ring(turn);
      return assertMatches(await octokitVerify(SECRET, payload, signature));
    },
  };
}

/** Two libraries for one scheme; the second uses the first. Without parsing JSON. */
function createStandardVerifiers(bodies: readonly Uint8Array[]): Candidate[] {
  const webhook = new StandardWebhook(toStandardSecret(SECRET));
  const svix = new SvixWebhook(toStandardSecret(SECRET));
  const now = new Date();
  const ring = createRing(bodies, (body, number) => {
    const id = `msg_${number}`;
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
      "webhook-signature": webhook.sign(id, now, decodeText(body)),
    };
    return { payload: decodeText(body), headers };
  });
  return [
    {
      name: "standardwebhooks",
      call(turn) {
        const { payload, headers } = ring(turn);
        return webhook.verify(payload, headers, { jsonParse: false });
      },
    },
    {
      name: "svix",
      call(turn) {
        const { payload, headers } = ring(turn);
        return svix.verify(payload, headers);
      },
    },
  ];
}

/** Created in advance and used in rotation: a constant input would favour verifiers that cache. */
function createRing<T, U>(inputs: readonly T[], make: (input: T, number: number) => U): (turn: number) => U {
  const made = inputs.map(make);
  return (turn) => made[turn % made.length] as U;
}

function decodeText(body: Uint8Array): string {
  return Buffer.from(body).toString("utf8");
}

function assertMatches(matches: boolean): true {
  if (!matches) throw new Error("a signature that should match did not");
  return true;
}
