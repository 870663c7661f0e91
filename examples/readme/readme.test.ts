import { PostgresCluster } from "@heron-webhooks/conformance/postgres";
import { afterAll, beforeAll, describe } from "vitest";
import { pageRuns } from "./page.ts";

describe("README.md", () => pageRuns("README.md"));
for (const name of ["core", "console", "express", "fastify", "sender"])
  describe(`packages/${name}/README.md`, () => pageRuns(`packages/${name}/README.md`));

describe("packages/postgres/README.md", () => {
  let cluster: PostgresCluster;
  beforeAll(async () => {
    cluster = await PostgresCluster.start();
  }, 60_000);
  afterAll(() => cluster.end());

  pageRuns("packages/postgres/README.md", () => ({ DATABASE_URL: cluster.url }));
});
