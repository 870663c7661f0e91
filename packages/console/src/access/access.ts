/** The access that a request is granted. */
export interface Access {
  /** The account whose webhooks, deliveries and users the request can access. */
  readonly account: string;
  /** Whether the request can access every account (`?account=`) and pause accounts. Default false. */
  readonly admin?: boolean | undefined;
}

/** Returns the access of a request, or null to reject it. Errors are logged and answered with 503. */
export type Authorize = (request: Request) => Access | null | Promise<Access | null>;
