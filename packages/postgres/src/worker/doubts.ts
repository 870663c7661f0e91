import type { WorkerContext } from "./context.ts";
import type { Introductions } from "./introductions.ts";
import type { Memory } from "./memory.ts";

/** So many webhooks are learned of with one statement. */
const AT_ONCE = 1000;

/**
 * Makes what is a worker's in the database and what it has in memory the same, after something failed that may have been
 * done all the same: frees deliveries that it does not know, meets webhooks that it does not know, and forgets those that
 * are not its own any more. If it may have missed news of those that it has, `learnsAll`, it learns of all of them anew.
 */
export async function setRight(
  worker: number,
  memory: Memory,
  introductions: Introductions,
  { database, clock }: WorkerContext,
  learnsAll: boolean,
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
    const own = new Set(numbers);
    memory.removeAll(memory.hot.lanes().filter((lane) => !own.has(memory.lanes.numberOf(lane) ?? 0)));
    await introductions.meet(client, numbers);
    for (let from = 0; learnsAll && from < numbers.length; from += AT_ONCE)
      await introductions.learn(client, numbers.slice(from, from + AT_ONCE));
    for (const { webhook, due } of freed as readonly { readonly webhook: number; readonly due: number }[])
      memory.stored(webhook, due, clock.now());
  });
}
