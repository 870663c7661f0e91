/** Every word of the page's that tests know: told here, and nowhere else. */
export const UI_TEXTS: {
  readonly live: string;
  readonly lost: RegExp;
  readonly signedOut: string;
  readonly noAnswer: string;
  readonly opened: RegExp;
  readonly signOut: string;
  readonly add: string;
  readonly edit: RegExp;
  readonly editing: string;
  readonly test: RegExp;
  readonly took: RegExp;
  readonly refused: RegExp;
  readonly recover: RegExp;
  readonly recovered: RegExp;
  readonly reveal: RegExp;
  readonly rotate: RegExp;
  readonly sendAgain: RegExp;
  readonly attempts: string;
  readonly fresh: RegExp;
  readonly noSuch: RegExp;
  readonly nothingYet: string;
  readonly noWebhooks: string;
  readonly noDeliveries: string;
  readonly unreached: RegExp;
  readonly user: string;
  readonly lookUp: string;
  readonly preview: string;
  readonly slack: string;
  readonly makeLabel: string;
  readonly noLabels: string;
  readonly addCondition: string;
  readonly wouldName: string;
  readonly delete: RegExp;
  readonly makeKey: string;
  readonly newKey: string;
  readonly revoke: RegExp;
  readonly revoked: RegExp;
} = {
  live: "Live",
  lost: /Connection lost/,
  noAnswer: "Server unavailable",
  signedOut: "You are not signed in",
  opened: /opens the console once/,
  signOut: "Sign out",
  add: "Add webhook",
  edit: /^Edit/,
  editing: "Edit webhook",
  test: /^Send a test/,
  took: /took it: 200/,
  refused: /not have been delivered: .*401/,
  recover: /^Recover/,
  recovered: /will be sent again/,
  reveal: /^Reveal/,
  rotate: /^New secret/,
  sendAgain: /^Send again/,
  attempts: "Attempts",
  fresh: /^[\d,]+ new\b/,
  noSuch: /no such (webhook|delivery|user)|no (webhook|delivery|user)/i,
  nothingYet: "No webhooks yet",
  noWebhooks: "No webhooks yet",
  noDeliveries: "No deliveries yet",
  unreached: /cannot be reached/,
  user: "Identity",
  lookUp: "Look up",
  preview: "Preview",
  slack: "Slack preview",
  makeLabel: "Make label",
  noLabels: "No labels yet",
  addCondition: "Add condition",
  wouldName: "Matching events",
  delete: /^Delete/,
  makeKey: "Create write key",
  newKey: "New write key",
  revoke: /^Revoke/,
  revoked: /is revoked/,
};

export type FieldName =
  | "url"
  | "topics"
  | "headers"
  | "body"
  | "description"
  | "name"
  | "pattern"
  | "purpose";

/** The names of fields: of a webhook, a label, a write key. */
export const FIELD_LABELS: Readonly<Record<FieldName, string>> = {
  url: "URL",
  topics: "Topics",
  headers: "Headers",
  body: "Body",
  description: "Description",
  name: "Name",
  pattern: "Of events",
  purpose: "Name",
};

export type Fields = Partial<Record<FieldName, string>>;

/** What a delivery is, as the page marks it. */
export const STATUS_TEXTS: Readonly<
  Record<"delivered" | "retrying" | "retryingOnce" | "retryingTwice" | "dead" | "held", RegExp>
> = {
  delivered: /Delivered/,
  retrying: /Retrying/,
  retryingOnce: /Retrying after 1 attempt\b/,
  retryingTwice: /Retrying after 2 attempts/,
  dead: /Dead/,
  held: /Held/,
};
