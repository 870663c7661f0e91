import { checkAccount } from "../accounts.ts";
import type { Store } from "../store/store.ts";
import { checkSize, checkUser, type PropertyValue, propertiesOf } from "./properties.ts";

export interface UserOptions {
  /** Default `"default"`. */
  readonly account?: string | undefined;
}

type Properties = Readonly<Record<string, unknown>>;

/** The users that events are about, with the properties that templates read. */
export interface SenderUsers {
  /**
   * Puts properties over those that the user has, and gives all of them back. An event has those that were there when it
   * was emitted.
   * @throws HeronError `properties_invalid`: over Heap's limits; nothing of them is kept
   */
  addProperties(
    user: string,
    properties: Readonly<Record<string, PropertyValue>>,
    options?: UserOptions,
  ): Promise<Properties>;
  /** Null if nothing is known of the user. */
  get(user: string, options?: UserOptions): Promise<Properties | null>;
  /** False if nothing was known. */
  remove(user: string, options?: UserOptions): Promise<boolean>;
}

export function senderUsers({ users }: Store): SenderUsers {
  const check = (user: string, account: string): void => {
    checkAccount(account);
    checkUser(user);
  };
  return {
    async addProperties(user, properties, { account = "default" } = {}) {
      check(user, account);
      const added = propertiesOf(properties);
      // Together they go into every event about the user.
      checkSize({ ...(await users.get(account, user)), ...added });
      return users.addProperties(account, user, added);
    },
    async get(user, { account = "default" } = {}) {
      check(user, account);
      return users.get(account, user);
    },
    async remove(user, { account = "default" } = {}) {
      check(user, account);
      return users.remove(account, user);
    },
  };
}
