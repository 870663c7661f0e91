import type { SourceFile } from "./source-file.ts";

export interface Totals {
  /** How many rows all stages together process. */
  readonly rowCount: number;
  /** The state of the file. A different fingerprint means that a sender used the file since. */
  readonly fingerprint: string;
}

/** Slow for a large file, but fast compared with the import. */
export function countRows(source: SourceFile): Totals {
  const count = (what: string): number => Number(Object.values(source.get(`select ${what}`) ?? {})[0] ?? 0);
  const [webhooks, users, keys, events] = [
    count("count(*) from webhooks"),
    count("count(*) from users"),
    count("count(*) from idempotency_keys"),
    count("count(*) from events"),
  ];
  const deliveries = count("coalesce(sum(delivery_count), 0) from events");
  const labels = count("count(*) from labels");
  const writeKeys = count("count(*) from write_keys");
  const accountPauses = count("count(*) from pauses where scope = 'account'");
  const fingerprint = {
    events: source.lastEvent,
    deliveries: source.lastDelivery,
    kept: events,
    // Buffered and waiting deliveries together: a killed process leaves buffered ones, which become waiting ones.
    pending: count("count(*) from deliveries where state < 4"),
    delivered: count("count(*) from deliveries where state = 4"),
    dead: count("count(*) from deliveries where state = 5"),
    attempts: count("count(*) from attempts"),
    webhooks,
    versions: count("coalesce(sum(version), 0) from webhooks"),
    users,
    properties: count("coalesce(sum(length(properties)), 0) from users"),
    pauses: count("count(*) from pauses"),
    labels,
    writeKeys,
  };
  // Webhooks are processed twice, the second time to notify their owners.
  const rowCount = accountPauses + keys + labels + writeKeys + webhooks * 2 + users + events + deliveries;
  return { rowCount, fingerprint: JSON.stringify(fingerprint) };
}
