import { PostgresCluster } from "@heron-webhooks/conformance/postgres";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** A database of a server that runs, in which tests make schemas of their own. */
    readonly postgres: string;
  }
}

/** One server for all tests that break nothing: the one that `HERON_TEST_POSTGRES_URL` names, or one of their own. */
export default async function start(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["HERON_TEST_POSTGRES_URL"];
  if (given !== undefined && given !== "") {
    project.provide("postgres", given);
    return async () => {};
  }
  // Nobody cuts its power: those that do have servers of their own.
  const cluster = await PostgresCluster.start(["fsync=off", "full_page_writes=off"]);
  project.provide("postgres", cluster.url);
  return () => cluster.end();
}
