import { HeronError } from "@heron-webhooks/core";
import type { Store } from "@heron-webhooks/engine";

const MAX_ACCOUNT_LENGTH = 255;

/**
 * Half of a surrogate pair is refused: a store writes each of them as the same character, and two accounts would be one.
 * @throws HeronError `option_invalid`
 */
export function assertAccount(account: string): void {
  if (
    typeof account !== "string" ||
    account === "" ||
    account.length > MAX_ACCOUNT_LENGTH ||
    !account.isWellFormed()
  )
    throw new HeronError(
      "option_invalid",
      `account must be text of 1 to ${MAX_ACCOUNT_LENGTH} characters, without half of a surrogate pair.`,
    );
}

/** The accounts that own webhooks and users. */
export interface SenderAccounts {
  /** Nothing of the account is delivered until it is enabled; what is emitted meanwhile waits. */
  disable(account: string): Promise<void>;
  enable(account: string): Promise<void>;
}

export function createSenderAccounts(store: Store, notifyDispatcher: () => void): SenderAccounts {
  const setDisabled = async (id: string, durationMs: "forever" | null): Promise<void> => {
    assertAccount(id);
    await store.setPause({ scope: "account", id, reason: "disabled", durationMs });
    notifyDispatcher();
  };
  return {
    disable: (account) => setDisabled(account, "forever"),
    enable: (account) => setDisabled(account, null),
  };
}
