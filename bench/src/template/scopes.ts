/** What the templates read: an event as Heron Data sends them, and what its receiver adds. */
export type Scope = {
  readonly topic: string;
  readonly created: string;
  readonly id: string;
  readonly data: {
    readonly heron_id: string;
    readonly status: string;
    readonly amount: number;
    readonly note: string;
    readonly company: {
      readonly name: string;
      readonly country: string;
      readonly founded: number;
      readonly active: boolean;
    };
    readonly contact: { readonly name: string; readonly email: string };
    readonly transactions: { readonly received: number; readonly categorised: number };
    readonly items: readonly { readonly name: string; readonly amount: number }[];
    readonly tags: readonly string[];
  };
  readonly meta: { readonly source: string; readonly attempt: number };
  readonly user: { readonly identity: string };
  readonly webhook: { readonly id: string };
};

/** What people are called and write: most of it plain, some of it what JSON must escape. */
const NAMES = [
  "Meadow & Sons Trading Ltd",
  "Bright Harbour",
  "Käfer GmbH",
  'The "Old" Mill',
  "Nordlys 🦜 AS",
];
const NOTES = [
  "Quarterly statement received, categorised without exceptions.",
  'The borrower says "all is paid".\nTo be looked at on Monday.',
  "",
  "Two transfers between own accounts – see C:\\statements\\q1.pdf",
  "Great news 🎉👩‍👩‍👧",
  "Nothing to add",
];

/** Another one for every number. Read back from JSON, as it would be where it is used. */
export function createScope(number: number): Scope {
  const name = String(number).padStart(6, "0");
  const scope: Scope = {
    topic: "end_user.processed",
    created: `2026-04-01T09:${String(number % 60).padStart(2, "0")}:53+00:00`,
    id: `evt_${name}kQ2`,
    data: {
      heron_id: `eus_${name}h4Kq`,
      status: number % 7 === 0 ? "review_required" : "processed",
      amount: 1250.5 + number,
      note: NOTES[number % NOTES.length] as string,
      company: {
        name: `${NAMES[number % NAMES.length]} ${number}`,
        country: "GB",
        founded: 1950 + (number % 70),
        active: number % 3 !== 0,
      },
      contact: { name: `Ada ${name}`, email: `ada.${name}@meadow.example` },
      transactions: { received: 1284 + number, categorised: 1280 + number },
      items: ["Loan", "Overdraft", "Card"].map((kind, i) => ({
        name: `${kind} ${number}`,
        amount: number * i,
      })),
      tags: ["quarterly", number % 2 === 0 ? "uk" : 'said "urgent"', `batch-${number % 10}`],
    },
    meta: { source: "api", attempt: 1 + (number % 4) },
    user: { identity: `ada.${name}@meadow.example` },
    webhook: { id: "wh_5fGh7" },
  };
  return JSON.parse(JSON.stringify(scope)) as Scope;
}
