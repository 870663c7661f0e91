import type { WorkerContext } from "./context.ts";
import type { Introductions } from "./introductions.ts";
import type { Memory } from "./memory.ts";

/**
 * Makes what is a worker's in the database and what it has in memory the same, after something failed that may have been
 * done all the same: frees deliveries that it does not know, and meets webhooks that it does not know.
 */
export async function setRight(
  worker: number,
  memory: Memory,
  introductions: Introductions,
  { database, clock }: WorkerContext,
): Promise<void> {
  const { schema } = database;
  await database.run(async (client) => {
    const { rows: held } = await client.query(
      `select id::double precision from ${schema}.owed where holder = $1`,
      [worker],
    );
    const known = new Set([...memory.hot.deliveries()].map(({ sequence }) => sequence));
    const unknown = (held as readonly { readonly id: number }[])
      .map(({ id }) => id)
      .filter((id) => !known.has(id));
    const { rows: freed } = await client.query(
      `update ${schema}.owed set holder = null where id = any($1) and holder = $2 returning webhook, due::double precision`,
      [unknown, worker],
    );
    const { rows: lanes } = await client.query(`select webhook from ${schema}.lanes where holder = $1`, [
      worker,
    ]);
    const numbers = (lanes as readonly { readonly webhook: number }[]).map(({ webhook }) => webhook);
    await introductions.meet(client, numbers);
    for (const { webhook, due } of freed as readonly { readonly webhook: number; readonly due: number }[])
      memory.stored(webhook, due, clock.now());
  });
}
