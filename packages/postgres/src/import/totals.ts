import type { SourceFile } from "./source-file.ts";

/** How much there is in a file. */
export interface Totals {
  /** What the stages go over, together. */
  readonly rowCount: number;
  /** Says of the file how it was: another means that it was used since. */
  readonly fingerprint: string;
}

/** Counts, which takes a while in a large file, and little against moving it. */
export function countRows(source: SourceFile): Totals {
  const count = (what: string): number => Number(Object.values(source.get(`select ${what}`) ?? {})[0] ?? 0);
  const [webhooks, users, keys, events] = [
    count("count(*) from webhooks"),
    count("count(*) from users"),
    count("count(*) from event_keys"),
    count("count(*) from events"),
  ];
  const deliveries = count("coalesce(sum(count), 0) from events");
  const [labels, writeKeys] = ["labels", "write_keys"].map((table) =>
    source.hasTable(table) ? count(`count(*) from ${table}`) : 0,
  ) as [number, number];
  const accountPauses = count("count(*) from gates where scope = 'account'");
  const mark = {
    events: source.lastEvent,
    deliveries: source.lastDelivery,
    kept: events,
    // What was in memory when a process was killed waits once the file is opened, and is the same.
    owed: count("count(*) from deliveries where state < 4"),
    delivered: count("count(*) from deliveries where state = 4"),
    dead: count("count(*) from deliveries where state = 5"),
    attempts: count("count(*) from attempts"),
    webhooks,
    versions: count("coalesce(sum(version), 0) from webhooks"),
    users,
    properties: count("coalesce(sum(length(properties)), 0) from users"),
    gates: count("count(*) from gates"),
    labels,
    writeKeys,
  };
  // Webhooks are gone over twice, the second time to wake who has them.
  const rowCount = accountPauses + keys + labels + writeKeys + webhooks * 2 + users + events + deliveries;
  return { rowCount, fingerprint: JSON.stringify(mark) };
}
