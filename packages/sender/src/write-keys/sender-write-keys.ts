import { createHash, randomBytes } from "node:crypto";
import { HeronError } from "@heron-webhooks/core";
import type { Store, WriteKeyRecord } from "@heron-webhooks/engine";
import { assertKnownKeys, MAX_WRITE_KEYS } from "@heron-webhooks/engine";
import { assertAccount } from "../accounts.ts";

/** A key with which a program may write events and users of one account, and nothing else. */
export type WriteKey = Omit<WriteKeyRecord, "hash">;

/** A new write key with the key itself. */
export interface NewWriteKey extends WriteKey {
  /** `app_` and 24 random bytes in base64url. It is returned only once, because only its hash is stored. */
  readonly key: string;
}

export interface WriteKeyOptions {
  /** The account that owns the key. Default `"default"`. */
  readonly account?: string | undefined;
}

/** The write keys of accounts, at most 50 each. */
export interface SenderWriteKeys {
  /** @throws HeronError `limit_reached`, `option_invalid` */
  create(options?: WriteKeyOptions & { readonly description?: string | undefined }): Promise<NewWriteKey>;
  /** In order of creation. */
  list(options?: WriteKeyOptions): Promise<readonly WriteKey[]>;
  /**
   * Revokes the key.
   * @throws HeronError `write_key_not_found`
   */
  delete(id: string, options?: WriteKeyOptions): Promise<void>;
  /** Returns the stored key; null if it is unknown. */
  find(key: string): Promise<WriteKey | null>;
}

const ID_PATTERN = /^wky_[0-9a-f]{24}$/;
const KEY_PATTERN = /^app_[\w-]{32}$/;
const MAX_DESCRIPTION_LENGTH = 1000;

/** `now` is in milliseconds since 1970. */
export function createSenderWriteKeys({ writeKeys }: Store, now: () => number): SenderWriteKeys {
  return {
    async create(options = {}) {
      assertKnownKeys("writeKeys.create", options, { account: true, description: true });
      const { account = "default", description = "" } = options;
      assertAccount(account);
      if (
        typeof description !== "string" ||
        description.length > MAX_DESCRIPTION_LENGTH ||
        !description.isWellFormed()
      )
        throw new HeronError(
          "option_invalid",
          `description must be text of at most ${MAX_DESCRIPTION_LENGTH} characters.`,
        );
      const key = `app_${randomBytes(24).toString("base64url")}`;
      const record: WriteKeyRecord = {
        id: `wky_${randomBytes(12).toString("hex")}`,
        account,
        hash: hashKey(key),
        lastFour: key.slice(-4),
        description,
        createdAt: now(),
      };
      await writeKeys.create(record, MAX_WRITE_KEYS);
      return { ...toWriteKey(record), key };
    },
    async list(options = {}) {
      return (await writeKeys.list(parseAccount("list", options))).map(toWriteKey);
    },
    async delete(id, options = {}) {
      const account = parseAccount("delete", options);
      if (!ID_PATTERN.test(id) || !(await writeKeys.delete(account, id)))
        throw new HeronError("write_key_not_found", `There is no write key ${JSON.stringify(id)}.`);
    },
    async find(key) {
      // Only well-formed keys are looked up.
      const found =
        typeof key === "string" && KEY_PATTERN.test(key) ? await writeKeys.find(hashKey(key)) : null;
      return found === null ? null : toWriteKey(found);
    },
  };
}

/** A plain hash suffices: 192 random bits cannot be guessed. */
function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

function parseAccount(method: string, options: WriteKeyOptions): string {
  assertKnownKeys(`writeKeys.${method}`, options, { account: true });
  const { account = "default" } = options;
  assertAccount(account);
  return account;
}

function toWriteKey({ hash: _, ...key }: WriteKeyRecord): WriteKey {
  return key;
}
