/** The response to an attempt. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As text, possibly truncated. Used for logs and for Slack's error codes. */
  readonly body: string;
  /** The time of receipt, in milliseconds since 1970: the base for a Retry-After date. */
  readonly receivedAt: number;
}
