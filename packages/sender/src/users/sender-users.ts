import type { Store } from "@heron-webhooks/engine";
import { assertKnownKeys } from "@heron-webhooks/engine";
import { assertAccount } from "../accounts.ts";
import { assertPropertiesSize, assertUser, type Properties, parseUserProperties } from "./properties.ts";

export interface UserOptions {
  /** Default `"default"`. */
  readonly account?: string | undefined;
}

type UserProperties = Readonly<Record<string, unknown>>;

/** The users that events are about. Templates read their properties. */
export interface SenderUsers {
  /**
   * Merges properties into those of the user, and returns all of them. An event has the properties at its publish time.
   * @throws HeronError `properties_invalid` if one exceeds Heap's limits; nothing is stored then
   */
  addProperties<P extends object & Properties<P>>(
    user: string,
    properties: P,
    options?: UserOptions,
  ): Promise<UserProperties>;
  /** Returns null if the user has no properties. */
  get(user: string, options?: UserOptions): Promise<UserProperties | null>;
  /** Returns false if the user had no properties. */
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
      // All properties together are copied into every event about the user.
      assertPropertiesSize({ ...(await users.get(account, user)), ...parsed });
      return users.addProperties(account, user, parsed);
    },
    async get(user, options = {}) {
      return users.get(parseAccount("get", user, options), user);
    },
    async delete(user, options = {}) {
      return users.delete(parseAccount("delete", user, options), user);
    },
  };
}
