import { PostgresCluster } from "@heron-webhooks/conformance/postgres";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The URL of a running server, on which tests create their own schemas. */
    readonly postgres: string;
  }
}

/** One server for all tests that do not stop it: that of `HERON_TEST_POSTGRES_URL`, or a new one. */
export default async function start(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["HERON_TEST_POSTGRES_URL"];
  if (given !== undefined && given !== "") {
    project.provide("postgres", given);
    return async () => {};
  }
  // Durability is not needed: tests that crash a server start their own.
  const cluster = await PostgresCluster.start(["fsync=off", "full_page_writes=off"]);
  project.provide("postgres", cluster.url);
  return () => cluster.end();
}
