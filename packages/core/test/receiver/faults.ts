import { HeronError } from "../../src/errors.ts";
import type { ReceiverOptions } from "../../src/receiver/options.ts";
import type { RequestOverrides } from "../test-receiver.ts";

/** A request that is right in everything, until faults are worked into it. */
export interface FaultyRequest {
  readonly options: { -readonly [Name in keyof ReceiverOptions]: ReceiverOptions[Name] };
  readonly parts: { -readonly [Name in keyof RequestOverrides]: RequestOverrides[Name] };
  readonly headers: Record<string, string>;
  readonly event: Record<string, unknown>;
  closed: boolean;
}

const busyStore = { reserve: () => ({ busy: 5000 }), complete() {}, release() {} };
const throwCode = (code: "body_already_consumed" | "body_too_large" | "body_timeout") => async () => {
  throw new HeronError(code, "x");
};

export interface Fault {
  readonly name: string;
  readonly status: number;
  readonly error: string;
  /** Whether the body was not yet read when it was found. */
  readonly early: boolean;
  readonly work: (into: FaultyRequest) => void;
}

/** In the order in which they are looked for. */
export const FAULTS: readonly Fault[] = [
  {
    name: "receiver closed",
    status: 503,
    error: "closed",
    early: true,
    work: (a) => {
      a.closed = true;
    },
  },
  {
    name: "method",
    status: 405,
    error: "method_not_allowed",
    early: true,
    work: (a) => {
      a.parts.method = "PUT";
    },
  },
  {
    name: "content-encoding",
    status: 415,
    error: "encoding_unsupported",
    early: true,
    work: (a) => {
      a.headers["content-encoding"] = "gzip";
    },
  },
  {
    name: "content-length",
    status: 413,
    error: "body_too_large",
    early: true,
    work: (a) => {
      a.headers["content-length"] = "1048577";
    },
  },
  {
    name: "signature malformed",
    status: 401,
    error: "unauthorized",
    early: true,
    work: (a) => {
      a.headers["heron-signature"] = "x";
    },
  },
  ...(
    [
      [500, "body_already_consumed"],
      [413, "body_too_large"],
      [408, "body_timeout"],
    ] as const
  ).map(([status, error]) => ({
    name: `read: ${error}`,
    status,
    error,
    early: true,
    work: (a: FaultyRequest) => {
      a.parts.read = throwCode(error);
    },
  })),
  {
    name: "secret look-up",
    status: 503,
    error: "secret_unavailable",
    early: false,
    work: (a) => {
      a.options.secret = () => {
        throw new Error("down");
      };
    },
  },
  {
    name: "signature of another secret",
    status: 401,
    error: "unauthorized",
    early: false,
    work: (a) => {
      a.parts.secret = "sec_other";
    },
  },
  {
    name: "not JSON",
    status: 400,
    error: "invalid_json",
    early: false,
    work: (a) => {
      a.parts.body = "{";
    },
  },
  {
    name: "not an event",
    status: 400,
    error: "invalid_event",
    early: false,
    work: (a) => {
      a.event["id"] = 5;
    },
  },
  {
    name: "against the schema",
    status: 400,
    error: "schema_mismatch",
    early: false,
    work: (a) => {
      a.options.schemas = { "**": { type: "string" } };
    },
  },
  {
    name: "stale",
    status: 401,
    error: "unauthorized",
    early: false,
    work: (a) => {
      a.event["created"] = "2020-01-01T00:00:00Z";
    },
  },
  {
    name: "being handled",
    status: 409,
    error: "duplicate_in_progress",
    early: false,
    work: (a) => {
      a.options.dedupe = busyStore;
    },
  },
  {
    name: "handler",
    status: 500,
    error: "handler_failed",
    early: false,
    work: (a) => {
      a.options.on = {
        "**": () => {
          throw new Error("x");
        },
      };
    },
  },
];
