import type { JsonSchema } from "@heron-webhooks/core";
import type { AccountSender, Sender } from "@heron-webhooks/sender";
import type { Access } from "../access/access.ts";

/** A parameter of the query. */
export interface QueryParameter {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonSchema;
}

/** A response of one operation, in addition to those of every operation. */
export interface ResponseDescription {
  readonly description: string;
  /** Null for no body. */
  readonly schema: JsonSchema | null;
}

/** An authenticated and validated request. */
export interface OperationContext {
  readonly access: Access;
  /** Can only access the request's account. */
  readonly sender: AccountSender;
  /** Can access all accounts; only for operations of administrators and for what no account owns. */
  readonly adminSender: Sender;
  /** `{id}` of the path. */
  readonly id: string;
  readonly query: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body: unknown;
  readonly now: number;
  /** Removes a revoked write key from the cache. */
  readonly onWriteKeyRevoked: (key: string) => void;
}

export interface OperationResult {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One operation of the HTTP API. The OpenAPI document and the validation are derived from it. */
export interface Operation {
  readonly method: "get" | "post" | "put" | "delete";
  /** Below `/api`, such as `/webhooks/{id}`. */
  readonly path: string;
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
