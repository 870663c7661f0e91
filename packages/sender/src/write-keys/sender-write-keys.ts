import { createHash, randomBytes } from "node:crypto";
import { HeronError } from "@heron-webhooks/core";
import type { Store, WriteKeyRecord } from "@heron-webhooks/engine";
import { checkNames, MOST_WRITE_KEYS } from "@heron-webhooks/engine";
import { checkAccount } from "../accounts.ts";

/** A key that lets a program write events and users of one account, and do nothing else. */
export type WriteKey = Omit<WriteKeyRecord, "hash">;

/** A write key that was just made. */
export interface NewWriteKey extends WriteKey {
  /** `app_` and 24 random bytes in base64url: told this once, since its hash alone is kept. */
  readonly key: string;
}

export interface WriteKeyOptions {
  /** Whose it is. Default `"default"`. */
  readonly account?: string | undefined;
}

/** The write keys of accounts, of 50 each at the most. */
export interface SenderWriteKeys {
  /** @throws HeronError `limit_reached`, `option_invalid` */
  create(options?: WriteKeyOptions & { readonly description?: string | undefined }): Promise<NewWriteKey>;
  /** In the order in which they were made. */
  list(options?: WriteKeyOptions): Promise<readonly WriteKey[]>;
  /** The key is good for nothing from then on. @throws HeronError `write_key_not_found` */
  remove(id: string, options?: WriteKeyOptions): Promise<void>;
  /** Whose key it is; null if it is nobody's. */
  find(key: string): Promise<WriteKey | null>;
}

const ID = /^wky_[0-9a-f]{24}$/;
const KEY = /^app_[\w-]{32}$/;
const LONGEST_DESCRIPTION = 1000;

/** The write keys in a store; `now` is in milliseconds since 1970. */
export function senderWriteKeys({ writeKeys }: Store, now: () => number): SenderWriteKeys {
  return {
    async create(options = {}) {
      checkNames("writeKeys.create", options, { account: true, description: true });
      const { account = "default", description = "" } = options;
      checkAccount(account);
      if (
        typeof description !== "string" ||
        description.length > LONGEST_DESCRIPTION ||
        !description.isWellFormed()
      )
        throw new HeronError(
          "option_invalid",
          `description must be text of at most ${LONGEST_DESCRIPTION} characters.`,
        );
      const key = `app_${randomBytes(24).toString("base64url")}`;
      const record: WriteKeyRecord = {
        id: `wky_${randomBytes(12).toString("hex")}`,
        account,
        hash: hashOf(key),
        hint: key.slice(-4),
        description,
        created: now(),
      };
      await writeKeys.create(record, MOST_WRITE_KEYS);
      return { ...writeKeyFrom(record), key };
    },
    async list(options = {}) {
      return (await writeKeys.list(accountOf("list", options))).map(writeKeyFrom);
    },
    async remove(id, options = {}) {
      const account = accountOf("remove", options);
      if (!ID.test(id) || !(await writeKeys.remove(account, id)))
        throw new HeronError("write_key_not_found", `There is no write key ${JSON.stringify(id)}.`);
    },
    async find(key) {
      // Nothing else can be one, and need not be looked for.
      const found = typeof key === "string" && KEY.test(key) ? await writeKeys.find(hashOf(key)) : null;
      return found === null ? null : writeKeyFrom(found);
    },
  };
}

/** A hash without salt or cost will do: 192 random bits cannot be guessed. */
function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

function accountOf(what: string, options: WriteKeyOptions): string {
  checkNames(`writeKeys.${what}`, options, { account: true });
  const { account = "default" } = options;
  checkAccount(account);
  return account;
}

function writeKeyFrom({ hash: _, ...key }: WriteKeyRecord): WriteKey {
  return key;
}
