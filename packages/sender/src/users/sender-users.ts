import type { Store } from "@heron-webhooks/engine";
import { assertKnownKeys } from "@heron-webhooks/engine";
import { assertAccount } from "../accounts.ts";
import { assertPropertiesSize, assertUser, type Properties, parseUserProperties } from "./properties.ts";

export interface UserOptions {
  /** Default `"default"`. */
  readonly account?: string | undefined;
}

type UserProperties = Readonly<Record<string, unknown>>;

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
  ): Promise<UserProperties>;
  /** Null if nothing is known of the user. */
  get(user: string, options?: UserOptions): Promise<UserProperties | null>;
  /** False if nothing was known. */
  delete(user: string, options?: UserOptions): Promise<boolean>;
}

export function createSenderUsers({ users }: Store): SenderUsers {
  const parseAccount = (method: string, user: string, options: UserOptions): string => {
    assertKnownKeys(`users.${method}`, options, { account: true });
    const { account = "default" } = options;
    assertAccount(account);
    assertUser(user);
    return account;
  };
  return {
    async addProperties(user, properties, options = {}) {
      const account = parseAccount("addProperties", user, options);
      const parsed = parseUserProperties(properties);
      // Together they go into every event about the user.
      assertPropertiesSize({ ...(await users.get(account, user)), ...parsed });
      return users.addProperties(account, user, parsed);
    },
    async get(user, options = {}) {
      return users.get(parseAccount("get", user, options), user);
    },
    async delete(user, options = {}) {
      return users.delete(parseAccount("remove", user, options), user);
    },
  };
}
