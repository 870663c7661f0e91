import { toStatsDto } from "../dto/stats-dto.ts";
import type { Operation } from "../operation.ts";
import { ref } from "../schemas.ts";
import { getStats } from "../stats-cache.ts";

export const STATS: readonly Operation[] = [
  {
    method: "get",
    path: "/stats",
    operationId: "getStats",
    tag: "deliveries",
    summary: "Get delivery counts and latency over time and by webhook",
    description: "Grouped by publish time. Cached for two seconds.",
    query: [
      {
        name: "since",
        description: "Time range, from `1m` to `365d`.",
        schema: { type: "string", pattern: "^[0-9]{1,6}[mhd]$", default: "24h" },
      },
      {
        name: "webhook",
        description: "Filter by webhook id.",
        schema: { type: "string", maxLength: 64 },
      },
    ],
    responses: {
      200: { description: "The statistics.", schema: ref("Stats") },
      404: { description: "Webhook not found.", schema: ref("Problem") },
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
