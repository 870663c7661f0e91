import type { Operation } from "../operation.ts";

const NO_CONTENT_RESPONSE = { 204: { description: "Done.", schema: null } } as const;

/** Pauses and resumes accounts, for administrators. */
export const ACCOUNTS: readonly Operation[] = [
  {
    method: "post",
    path: "/accounts/{id}/disable",
    operationId: "disableAccount",
    tag: "accounts",
    summary: "Pause all deliveries of an account",
    responses: NO_CONTENT_RESPONSE,
    requiresAdmin: true,
    async run({ adminSender, id }) {
      await adminSender.accounts.disable(id);
      return { status: 204 };
    },
  },
  {
    method: "post",
    path: "/accounts/{id}/enable",
    operationId: "enableAccount",
    tag: "accounts",
    summary: "Resume deliveries of an account",
    responses: NO_CONTENT_RESPONSE,
    requiresAdmin: true,
    async run({ adminSender, id }) {
      await adminSender.accounts.enable(id);
      return { status: 204 };
    },
  },
];
