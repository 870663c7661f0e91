import type { Operation } from "../operation.ts";

const NO_CONTENT_RESPONSE = { 204: { description: "So it is.", schema: null } } as const;

/** Kill switches, for administrators. */
export const ACCOUNTS: readonly Operation[] = [
  {
    method: "post",
    path: "/accounts/{id}/disable",
    operationId: "disableAccount",
    tag: "accounts",
    summary: "Stops all deliveries of an account; what is emitted meanwhile waits",
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
    summary: "Takes up the deliveries of an account again",
    responses: NO_CONTENT_RESPONSE,
    requiresAdmin: true,
    async run({ adminSender, id }) {
      await adminSender.accounts.enable(id);
      return { status: 204 };
    },
  },
];
