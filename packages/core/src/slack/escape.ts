/** Text as it may stand in a Slack message without meaning anything: no mention, no link. Source: Slack, "Formatting text". */
export function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
