/** What came back from an attempt. */
export interface HttpResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As text, perhaps cut: what is kept of it is for people, and for Slack's codes. */
  readonly body: string;
  /** When it came, in milliseconds since 1970: what a Retry-After that is a date is counted from. */
  readonly receivedAt: number;
}
