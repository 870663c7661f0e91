/** What a request may do. */
export interface Access {
  /** Whose webhooks, deliveries and users it sees. */
  readonly account: string;
  /**
   * Whether it may act for every account, and stop them. Default false. It names another account with `?account=`.
   */
  readonly admin?: boolean | undefined;
}

/** Says what a request may do; null refuses it. What it throws, or rejects with, is answered by 503 and logged. */
export type Authorize = (request: Request) => Access | null | Promise<Access | null>;
