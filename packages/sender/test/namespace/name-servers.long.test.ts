import { expect, test } from "vitest";
import type { Figures } from "./beside.ts";
import { describeInNamespace } from "./namespace.ts";

const LIMIT_MS = 240_000;

describeInNamespace("a minute beside customers whose name server fails after 4 s", { wire: false }, (run) => {
  test.each([0, 1, 3])(
    "of %d such customers",
    async (count) => {
      const { good, lookups } = (await run("situations.ts", "minute", String(count))) as Figures;
      console.log(`${count} bad customers:`, good, lookups);
      expect(good).toMatchObject({ missing: 0, late: 0, failedAttempts: 0, failing: 0 });
      expect(good.deliveries).toBeGreaterThanOrEqual(400);
      expect(lookups.slowestMs).toBeLessThan(5000);
    },
    LIMIT_MS,
  );

  test(
    "of 300 webhooks of one customer, more than the sender has slots",
    async () => {
      const { good, lookups } = (await run("situations.ts", "crowd")) as Figures;
      console.log("a crowd:", good, lookups);
      expect(good).toMatchObject({ missing: 0, failedAttempts: 0, failing: 0 });
      expect(lookups.slowestMs).toBeLessThan(5000);
    },
    LIMIT_MS,
  );
});
