/** Which of Slack's webhooks a URL is: an incoming webhook, GovSlack's, or the trigger of a workflow. */
export type SlackUrlKind = "incoming" | "govslack" | "workflow";

const HOSTS: ReadonlySet<string> = new Set(["hooks.slack.com", "hooks.slack-gov.com"]);
const INCOMING = /^\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/[A-Za-z0-9]+$/;
const TRIGGER = /^\/triggers\/[TE][A-Z0-9]+\/\d+\/[A-Za-z0-9]+$/;
/** The workflow builder that came before. */
const WORKFLOW = /^\/workflows\/T[A-Z0-9]+\/[AF][A-Z0-9]+\/\d+\/[A-Za-z0-9]+$/;

/**
 * Which of Slack's webhooks a URL is; null for any other URL. https, exactly Slack's host, without port, credentials,
 * query or fragment: what merely looks like Slack's would be sent an unsigned message.
 * Source: Slack, "Sending messages using incoming webhooks", "Workflow triggers".
 */
export function slackUrlKind(url: string): SlackUrlKind | null {
  if (!URL.canParse(url)) return null;
  const { protocol, host, pathname, username, password, search, hash } = new URL(url);
  if (protocol !== "https:" || !HOSTS.has(host) || username + password + search + hash !== "") return null;
  if (TRIGGER.test(pathname) || WORKFLOW.test(pathname)) return "workflow";
  if (!INCOMING.test(pathname)) return null;
  return host === "hooks.slack.com" ? "incoming" : "govslack";
}
