/**
 * What the store makes itself is numbered from here on. Below lie the files that were moved in, each in a block of its own
 * that ends where the one before began: so nobody who runs meanwhile gets a number of theirs, they are older than whatever
 * the store made, and one comparison says of a number that it is the store's own.
 */
export const LOCAL_ID_BASE = 1_000_000_000_000;

/** Files that were moved in, and how far each has come: in the transaction that moves rows this row says so. */
export const IMPORT_TABLES: string = `
create table imports(
  -- What the file calls itself, in the ids of its deliveries.
  name text primary key,
  -- Of a delivery: the number here is base and the number in the file, which goes up to last.
  base bigint not null,
  last bigint not null,
  -- The same of events.
  event_base bigint not null,
  event_last bigint not null,
  -- How the file was: it must not change before all of it is here.
  mark text not null,
  stage text not null,
  -- The last that was moved in this stage, as the stage says it.
  after text,
  -- How much of the file that is, and what was moved.
  done bigint not null default 0,
  moved text not null default '{}',
  begun timestamptz not null default now(),
  ended timestamptz);
alter sequence event_ids restart with ${LOCAL_ID_BASE + 1};
alter sequence delivery_ids restart with ${LOCAL_ID_BASE + 1};
`;
