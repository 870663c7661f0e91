import type { Operation } from "../operation.ts";
import { ref } from "../schemas.ts";

export const TOPICS: readonly Operation[] = [
  {
    method: "get",
    path: "/webhooks/topics",
    operationId: "listTopics",
    tag: "webhooks",
    summary: "List topics",
    responses: { 200: { description: "Topics and their descriptions.", schema: ref("Topics") } },
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
