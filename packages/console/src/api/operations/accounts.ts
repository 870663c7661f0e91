import type { Operation } from "../operation.ts";

const DONE = { 204: { description: "So it is.", schema: null } } as const;

/** Kill switches, for administrators. */
export const ACCOUNTS: readonly Operation[] = [
  {
    method: "post",
    path: "/accounts/{id}/disable",
    name: "disableAccount",
    tag: "accounts",
    summary: "Stops all deliveries of an account; what is emitted meanwhile waits",
    answers: DONE,
    isForAdmin: true,
    async run({ everybody, id }) {
      await everybody.accounts.disable(id);
      return { status: 204 };
    },
  },
  {
    method: "post",
    path: "/accounts/{id}/enable",
    name: "enableAccount",
    tag: "accounts",
    summary: "Takes up the deliveries of an account again",
    answers: DONE,
    isForAdmin: true,
    async run({ everybody, id }) {
      await everybody.accounts.enable(id);
      return { status: 204 };
    },
  },
];
