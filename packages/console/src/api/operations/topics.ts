import type { Operation } from "../operation.ts";
import { ref } from "../schemas.ts";

export const TOPICS: readonly Operation[] = [
  {
    method: "get",
    path: "/webhooks/topics",
    operationId: "listTopics",
    tag: "webhooks",
    summary: "The topics that there are",
    responses: { 200: { description: "Their names, and what is known of each.", schema: ref("Topics") } },
    async run({ adminSender: { topics } }) {
      const catalogue =
        topics === null
          ? null
          : Object.fromEntries(
              Object.entries(topics).map(([topic, { description = null, example = null, schema = null }]) => [
                topic,
                { description, example, schema },
              ]),
            );
      return { status: 200, body: { topics: Object.keys(topics ?? {}), catalogue } };
    },
  },
];
