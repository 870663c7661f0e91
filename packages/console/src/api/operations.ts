import type { Operation } from "./operation.ts";
import { ACCOUNTS } from "./operations/accounts.ts";
import { DELIVERIES } from "./operations/deliveries.ts";
import { LABELS } from "./operations/labels.ts";
import { STATS } from "./operations/stats.ts";
import { TOPICS } from "./operations/topics.ts";
import { USERS } from "./operations/users.ts";
import { WEBHOOK_ACTIONS } from "./operations/webhook-actions.ts";
import { WEBHOOKS } from "./operations/webhooks.ts";
import { WRITE_KEYS } from "./operations/write-keys.ts";

/** All operations. Fixed paths come before paths with `{id}` in the same position. */
export const OPERATIONS: readonly Operation[] = [
  ...TOPICS,
  ...DELIVERIES,
  ...STATS,
  ...WEBHOOKS,
  ...WEBHOOK_ACTIONS,
  ...LABELS,
  ...WRITE_KEYS,
  ...USERS,
  ...ACCOUNTS,
];
