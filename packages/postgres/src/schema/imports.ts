/**
 * The store's own ids begin above this base. Imported files have ids below it: each file has a block that ends where the
 * block of the file before begins. So a running store never takes an id of an import, imported rows sort before its own,
 * and one comparison says whether an id is the store's own.
 */
export const LOCAL_ID_BASE = 1_000_000_000_000;

/** Imported files and their progress. The transaction that copies rows updates the progress. */
export const IMPORT_TABLES: string = `
create table imports(
  -- The store name of the file, which is part of the ids of its deliveries.
  name text primary key,
  -- The id here is the offset plus the id in the file, which is at most last_delivery_id.
  delivery_id_offset bigint not null,
  last_delivery_id bigint not null,
  event_id_offset bigint not null,
  last_event_id bigint not null,
  -- The state of the file. It must not change before the import has finished.
  fingerprint text not null,
  stage text not null,
  -- The last row of the stage that was copied; the stage defines the format.
  after text,
  rows_done bigint not null default 0,
  copied_counts text not null default '{}',
  started_at timestamptz not null default now(),
  finished_at timestamptz);
alter sequence event_ids restart with ${LOCAL_ID_BASE + 1};
alter sequence delivery_ids restart with ${LOCAL_ID_BASE + 1};
`;
