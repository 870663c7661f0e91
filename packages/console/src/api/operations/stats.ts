import type { Operation } from "../operation.ts";
import { ref } from "../schemas.ts";
import { toStatsDto } from "../dto/stats-dto.ts";
import { getStats } from "../stats-cache.ts";

export const STATS: readonly Operation[] = [
  {
    method: "get",
    path: "/stats",
    operationId: "getStats",
    tag: "deliveries",
    summary: "How many deliveries came to what, over time and by webhook, and how long attempts took",
    description:
      "By when their events were published. What was counted is given again for two seconds, to whoever asks.",
    query: [
      {
        name: "since",
        description: "How far back: from `1m` to `365d`.",
        schema: { type: "string", pattern: "^[0-9]{1,6}[mhd]$", default: "24h" },
      },
      {
        name: "webhook",
        description: "Those of one webhook alone.",
        schema: { type: "string", maxLength: 64 },
      },
    ],
    responses: {
      200: { description: "What was counted.", schema: ref("Stats") },
      404: { description: "There is no such webhook.", schema: ref("Problem") },
    },
    async run({ sender, adminSender, query, now }) {
      const { since = "24h", webhook } = query;
      const stats = await getStats(adminSender, sender, {
        since: String(since),
        webhook: typeof webhook === "string" ? webhook : null,
        now,
      });
      return { status: 200, body: toStatsDto(stats) };
    },
  },
];
