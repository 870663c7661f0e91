/** Escapes text for Slack, so that it contains no mention or link. Source: Slack, "Formatting text". */
export function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
