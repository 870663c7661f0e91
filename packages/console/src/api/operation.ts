import type { JsonSchema } from "@heron-webhooks/core";
import type { AccountSender, Sender } from "@heron-webhooks/sender";
import type { Access } from "../access/access.ts";

/** A parameter of the query. */
export interface QueryParameter {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonSchema;
}

/** What an operation may answer with, beside what any may: its status, what that means, and the body's schema. */
export interface ResponseDescription {
  readonly description: string;
  /** Null for no body. */
  readonly schema: JsonSchema | null;
}

/** A request that was let in and looked at. */
export interface OperationContext {
  readonly access: Access;
  /** For the account that is acted for: nothing of any other's can be reached with it. */
  readonly sender: AccountSender;
  /** For all accounts; only for operations that are for administrators. */
  readonly adminSender: Sender;
  /** Of the path. */
  readonly id: string;
  readonly query: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body: unknown;
  readonly now: number;
  /** To be told of a write key that is revoked. */
  readonly onWriteKeyRevoked: (key: string) => void;
}

export interface OperationResult {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One operation of the HTTP API: what it takes and gives, and what it does. Its document and its checks are made of this. */
export interface Operation {
  readonly method: "get" | "post" | "put" | "delete";
  /** Below `/api`, such as `/webhooks/{id}`. */
  readonly path: string;
  /** Its name in the document. */
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly query?: readonly QueryParameter[];
  readonly body?: JsonSchema;
  readonly responses: Readonly<Record<number, ResponseDescription>>;
  readonly requiresAdmin?: true;
  run(context: OperationContext): Promise<OperationResult>;
}
