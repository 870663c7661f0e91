import { standardSecret } from "@heron-webhooks/core";
import type { Operation } from "../operation.ts";
import { ref } from "../schemas.ts";
import { shownGate, timeOf } from "../shown.ts";

const FOUND = { 404: { description: "There is no such webhook.", schema: ref("Problem") } } as const;

/** What can be asked of a webhook that is there, beside what it is. */
export const WEBHOOK_ACTIONS: readonly Operation[] = [
  {
    method: "get",
    path: "/webhooks/{id}/gates",
    name: "listGates",
    tag: "webhooks",
    summary: "Why nothing is delivered to a webhook for now",
    answers: { 200: { description: "Its closed gates, and its account's.", schema: ref("Gates") }, ...FOUND },
    async run({ sender, id }) {
      return { status: 200, body: { gates: (await sender.webhooks.gates(id)).map(shownGate) } };
    },
  },
  {
    method: "get",
    path: "/webhooks/{id}/secrets",
    name: "listSecrets",
    tag: "webhooks",
    summary: "What a webhook is signed with now",
    answers: { 200: { description: "The first makes Heron-Signature.", schema: ref("Secrets") }, ...FOUND },
    async run({ sender, id }) {
      const secrets = (await sender.webhooks.secrets(id)).map(({ value, until }) => ({
        secret: value,
        standard: standardSecret(value),
        until: until === null ? null : timeOf(until),
      }));
      return { status: 200, body: { secrets }, headers: { "cache-control": "no-store" } };
    },
  },
  {
    method: "post",
    path: "/webhooks/{id}/rotate",
    name: "rotateSecret",
    tag: "webhooks",
    summary: "Gives a webhook a new secret; for a while the old one signs too",
    body: ref("Rotation"),
    answers: { 200: { description: "The new one.", schema: ref("Rotated") }, ...FOUND },
    async run({ sender, id, body }) {
      const rotated = await sender.webhooks.rotateSecret(id, body as { secret?: string; overlap?: "24h" });
      return { status: 200, body: rotated, headers: { "cache-control": "no-store" } };
    },
  },
  {
    method: "post",
    path: "/webhooks/{id}/test",
    name: "testWebhook",
    tag: "webhooks",
    summary: "Sends a webhook the example of a topic, once, and says what came of it",
    body: ref("Trial"),
    answers: { 200: { description: "What was sent, and the answer.", schema: ref("TrialResult") }, ...FOUND },
    async run({ sender, id, body }) {
      return { status: 200, body: await sender.webhooks.test(id, body as { topic?: string }) };
    },
  },
  {
    method: "post",
    path: "/webhooks/{id}/recover",
    name: "recoverWebhook",
    tag: "webhooks",
    summary: "Sends again what died, and what was missed, since a time",
    body: ref("Since"),
    answers: { 200: { description: "How many deliveries that are.", schema: ref("Recovered") }, ...FOUND },
    async run({ sender, id, body }) {
      const { since } = body as { readonly since: string };
      return {
        status: 200,
        body: { recovered: await sender.webhooks.recover(id, { since: since as "8h" }) },
      };
    },
  },
];
