import { HeronError } from "@heron-webhooks/core";
import type { Store } from "@heron-webhooks/engine";

const MAX_ACCOUNT_LENGTH = 255;

/**
 * An unpaired surrogate is rejected: a store writes each as the same character, so two accounts would become one.
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
      `account must be a string of 1 to ${MAX_ACCOUNT_LENGTH} characters, without unpaired surrogates.`,
    );
}

/** The accounts that own webhooks and users. */
export interface SenderAccounts {
  /** Pauses all deliveries of the account until it is enabled. Events emitted meanwhile wait. */
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
