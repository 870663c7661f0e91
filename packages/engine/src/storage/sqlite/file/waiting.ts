import type { HotEvent } from "../../../queue/hot-delivery.ts";
import type { Webhook } from "./met.ts";
import type { StoreFile } from "./store-file.ts";

/** A delivery that waited in the file. */
export interface LoadedRow {
  readonly id: number;
  readonly webhook: number;
  readonly attempts: number;
  readonly attemptsBefore: number;
  readonly owedSince: number;
  readonly due: number;
  readonly event: HotEvent;
}

/** No webhook has more brought into memory at once, so that many that wait behind closed gates do not fill it. */
const MOST_EACH = 256;
/** How large the bodies of what is brought there at once may be together. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Brings deliveries that are due into memory, the oldest of each webhook: so many of each. */
export function load(
  file: StoreFile,
  webhooks: readonly number[],
  each: number,
  now: number,
): readonly LoadedRow[] {
  const most = MOST_BYTES / webhooks.length;
  return webhooks.flatMap((number) => {
    return file.met.isThere(number)
      ? loadOne(file, file.met.webhook(number), Math.min(MOST_EACH, each), most, now)
      : [];
  });
}

function loadOne(
  file: StoreFile,
  webhook: Webhook,
  each: number,
  mostBytes: number,
  now: number,
): readonly LoadedRow[] {
  const { number, loaded } = webhook;
  const limit = each + loaded.size;
  const rows = file.tables.all(
    `select d.id, d.attempts, d.due, e.topic, e.body, e.user, e.trace, coalesce(r.at, e.at) as owed, coalesce(r.attempts, 0) as before
     from deliveries d join events e on e.id = d.event left join revived r on r.delivery = d.id
     where d.webhook = ? and d.state = 3 and d.due <= ? order by d.due, d.id limit ?`,
    number,
    now,
    limit,
  );
  const taken: LoadedRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    const id = Number(row["id"]);
    if (loaded.has(id)) continue;
    // One, however large it is, or nothing would ever come.
    if (taken.length > 0 && bytes >= mostBytes) break;
    const body = String(row["body"]);
    bytes += body.length;
    const user = row["user"] === null ? null : String(row["user"]);
    taken.push({
      id,
      webhook: number,
      attempts: Number(row["attempts"]),
      attemptsBefore: Number(row["before"]),
      owedSince: Number(row["owed"]),
      due: Number(row["due"]),
      event: {
        topic: String(row["topic"]),
        body,
        user,
        traceparent: row["trace"] === null ? null : String(row["trace"]),
      },
    });
  }
  const all =
    rows.length < limit &&
    taken.length +
      countIn(
        rows.map(({ id }) => Number(id)),
        loaded,
      ) ===
      rows.length;
  file.afterwards(() => {
    for (const { id } of taken) loaded.add(id);
    webhook.spilled = !all;
  });
  file.waits(webhook, all ? nextAfter(file, webhook, now) : now);
  return taken;
}

function countIn(ids: readonly number[], set: ReadonlySet<number>): number {
  return ids.filter((id) => set.has(id)).length;
}

/** When the next is due that is not due yet. */
function nextAfter(file: StoreFile, { number }: Webhook, now: number): number | null {
  const due = file.tables.get(
    "select min(due) as due from deliveries where webhook = ? and state = 3 and due > ?",
    number,
    now,
  )?.["due"];
  return due === null || due === undefined ? null : Number(due);
}
