/** A JSON object of Slack's. */
export type SlackObject = Readonly<Record<string, unknown>>;

/** A message as an incoming webhook takes it. Source: Slack, "Block Kit". */
export interface SlackMessage {
  /** What notifications show, and the message itself where there are no blocks. */
  readonly text: string;
  readonly blocks?: readonly SlackObject[];
  readonly attachments?: readonly SlackObject[];
  readonly [key: string]: unknown;
}
