import type { Store } from "@heron-webhooks/engine";
import { checkNames } from "@heron-webhooks/engine";
import { checkAccount } from "../accounts.ts";
import { checkSize, checkUser, type Properties, propertiesOf } from "./properties.ts";

export interface UserOptions {
  /** Default `"default"`. */
  readonly account?: string | undefined;
}

type Kept = Readonly<Record<string, unknown>>;

/** The users that events are about, with the properties that templates read. */
export interface SenderUsers {
  /**
   * Puts properties over those that the user has, and gives all of them back. An event has those that were there when it
   * was emitted.
   * @throws HeronError `properties_invalid`: over Heap's limits; nothing of them is kept
   */
  addProperties<P extends object & Properties<P>>(
    user: string,
    properties: P,
    options?: UserOptions,
  ): Promise<Kept>;
  /** Null if nothing is known of the user. */
  get(user: string, options?: UserOptions): Promise<Kept | null>;
  /** False if nothing was known. */
  remove(user: string, options?: UserOptions): Promise<boolean>;
}

export function senderUsers({ users }: Store): SenderUsers {
  const accountOf = (what: string, user: string, options: UserOptions): string => {
    checkNames(`users.${what}`, options, { account: true });
    const { account = "default" } = options;
    checkAccount(account);
    checkUser(user);
    return account;
  };
  return {
    async addProperties(user, properties, options = {}) {
      const account = accountOf("addProperties", user, options);
      const added = propertiesOf(properties);
      // Together they go into every event about the user.
      checkSize({ ...(await users.get(account, user)), ...added });
      return users.addProperties(account, user, added);
    },
    async get(user, options = {}) {
      return users.get(accountOf("get", user, options), user);
    },
    async remove(user, options = {}) {
      return users.remove(accountOf("remove", user, options), user);
    },
  };
}
