/** The kind of a Slack webhook: incoming, GovSlack, or workflow trigger. */
export type SlackUrlKind = "incoming" | "govslack" | "workflow";

const SLACK_HOSTS: ReadonlySet<string> = new Set(["hooks.slack.com", "hooks.slack-gov.com"]);
const INCOMING_PATH = /^\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/[A-Za-z0-9]+$/;
const TRIGGER_PATH = /^\/triggers\/[TE][A-Z0-9]+\/\d+\/[A-Za-z0-9]+$/;
/** The previous workflow builder. */
const LEGACY_WORKFLOW_PATH = /^\/workflows\/T[A-Z0-9]+\/[AF][A-Z0-9]+\/\d+\/[A-Za-z0-9]+$/;

/**
 * The kind of a Slack webhook URL; null for other URLs. Requires https and exactly Slack's host, without port,
 * credentials, query or fragment: a look-alike would get an unsigned message.
 * Source: Slack, "Sending messages using incoming webhooks", "Workflow triggers".
 */
export function getSlackUrlKind(url: string): SlackUrlKind | null {
  if (!URL.canParse(url)) return null;
  const { protocol, host, pathname, username, password, search, hash } = new URL(url);
  if (protocol !== "https:" || !SLACK_HOSTS.has(host) || username + password + search + hash !== "")
    return null;
  if (TRIGGER_PATH.test(pathname) || LEGACY_WORKFLOW_PATH.test(pathname)) return "workflow";
  if (!INCOMING_PATH.test(pathname)) return null;
  return host === "hooks.slack.com" ? "incoming" : "govslack";
}
