import type { Queryable } from "./database.ts";
import type { Worker } from "./worker/worker.ts";

/** Tells the worker that has a webhook, or those that have an account's, that it was changed: unless that is this one. */
export async function tellOf(
  client: Queryable,
  schema: string,
  scope: "webhook" | "account",
  id: number,
  worker: Worker | null,
): Promise<void> {
  await client.query(
    `insert into ${schema}.wakes(worker, webhook) select holder, webhook from ${schema}.lanes where ${scope} = $1 and holder is not null and holder is distinct from $2`,
    [id, worker?.id ?? null],
  );
}
