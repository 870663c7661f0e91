/** Texts of the page that tests look for, in one place. */
export const UI_TEXTS: {
  readonly live: string;
  readonly lost: RegExp;
  readonly signedOut: string;
  readonly serverUnavailable: string;
  readonly linkUsed: RegExp;
  readonly signOut: string;
  readonly createWebhook: string;
  readonly edit: RegExp;
  readonly editing: string;
  readonly test: RegExp;
  readonly testDelivered: RegExp;
  readonly testFailed: RegExp;
  readonly recover: RegExp;
  readonly recovered: RegExp;
  readonly reveal: RegExp;
  readonly rotate: RegExp;
  readonly retryDelivery: RegExp;
  readonly attempts: string;
  readonly newDeliveries: RegExp;
  readonly notFound: RegExp;
  readonly emptyOverview: string;
  readonly noWebhooks: string;
  readonly noDeliveries: string;
  readonly unreachable: RegExp;
  readonly user: string;
  readonly lookUp: string;
  readonly preview: string;
  readonly slack: string;
  readonly createLabel: string;
  readonly noLabels: string;
  readonly addCondition: string;
  readonly matchingEvents: string;
  readonly delete: RegExp;
  readonly createKey: string;
  readonly newKey: string;
  readonly revoke: RegExp;
  readonly revoked: RegExp;
} = {
  live: "Live",
  lost: /Connection lost/,
  serverUnavailable: "Server unavailable",
  signedOut: "You are not signed in",
  linkUsed: /already used/,
  signOut: "Sign out",
  createWebhook: "Create webhook",
  edit: /^Edit/,
  editing: "Edit webhook",
  test: /^Send a test/,
  testDelivered: /Delivered: 200/,
  testFailed: /Failed: .*401/,
  recover: /^Replay/,
  recovered: /for replay/,
  reveal: /^Reveal/,
  rotate: /^Rotate secret/,
  retryDelivery: /^Retry delivery/,
  attempts: "Attempts",
  newDeliveries: /^[\d,]+ new\b/,
  notFound: /no such (webhook|delivery|user)|no (webhook|delivery|user)/i,
  emptyOverview: "No webhooks yet",
  noWebhooks: "No webhooks yet",
  noDeliveries: "No deliveries yet",
  unreachable: /Cannot reach the server/,
  user: "User ID or email",
  lookUp: "Look up",
  preview: "Preview",
  slack: "Slack preview",
  createLabel: "Create label",
  noLabels: "No labels yet",
  addCondition: "Add condition",
  matchingEvents: "Matching events",
  delete: /^Delete/,
  createKey: "Create write key",
  newKey: "New write key",
  revoke: /^Revoke/,
  revoked: /^Revoked the key/,
};

export type FieldName =
  | "url"
  | "topics"
  | "headers"
  | "template"
  | "description"
  | "name"
  | "pattern"
  | "purpose";

/** Labels of the fields of webhooks, labels and write keys. */
export const FIELD_LABELS: Readonly<Record<FieldName, string>> = {
  url: "URL",
  topics: "Topics",
  headers: "Headers",
  template: "Body template",
  description: "Description",
  name: "Name",
  pattern: "Topic pattern",
  purpose: "Name",
};

export type Fields = Partial<Record<FieldName, string>>;

/** Texts of the states of a delivery. */
export const STATUS_TEXTS: Readonly<
  Record<"delivered" | "retrying" | "retryingOnce" | "retryingTwice" | "dead" | "paused", RegExp>
> = {
  delivered: /Delivered/,
  retrying: /Retrying/,
  retryingOnce: /Retrying after 1 attempt\b/,
  retryingTwice: /Retrying after 2 attempts/,
  dead: /Dead/,
  paused: /Paused/,
};
