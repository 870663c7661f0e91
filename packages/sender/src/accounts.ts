import { HeronError } from "@heron-webhooks/core";
import type { Store } from "@heron-webhooks/engine";

const LONGEST = 255;

/**
 * Half of a surrogate pair is refused: a store writes each of them as the same character, and two accounts would be one.
 * @throws HeronError `option_invalid`
 */
export function checkAccount(account: string): void {
  if (typeof account !== "string" || account === "" || account.length > LONGEST || !account.isWellFormed())
    throw new HeronError(
      "option_invalid",
      `account must be text of 1 to ${LONGEST} characters, without half of a surrogate pair.`,
    );
}

/** The accounts that own webhooks and users. */
export interface SenderAccounts {
  /** Nothing of the account is delivered until it is enabled; what is emitted meanwhile waits. */
  disable(account: string): Promise<void>;
  enable(account: string): Promise<void>;
}

export function senderAccounts(store: Store, wake: () => void): SenderAccounts {
  const gate = async (id: string, closedMs: "forever" | null): Promise<void> => {
    checkAccount(id);
    await store.gate({ scope: "account", id, gate: "disabled", closedMs });
    wake();
  };
  return { disable: (account) => gate(account, "forever"), enable: (account) => gate(account, null) };
}
