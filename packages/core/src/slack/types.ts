/** A JSON object in a Slack message. */
export type SlackObject = Readonly<Record<string, unknown>>;

/** A message for an incoming webhook. Source: Slack, "Block Kit". */
export interface SlackMessage {
  /** The text of notifications, and of a message without blocks. */
  readonly text: string;
  readonly blocks?: readonly SlackObject[];
  readonly attachments?: readonly SlackObject[];
  readonly [key: string]: unknown;
}
