import { HeronError } from "@heron-webhooks/core";
import { validateTemplate } from "@heron-webhooks/core/templates";

/** A row of the data lake. */
export const row: Readonly<Record<string, unknown>> = {
  event: "{{ topic }}",
  at: "{{ created }}",
  plan: '{{ user.plan ?? "free" }}',
  company: '{{ user["Company Name"] }}',
  seats: "{{ user.seats }}",
  tags: "{{ user.tags }}",
  properties: { feature: "{{ data.feature }}", ms: "{{ data.ms }}" },
};

/** A Slack message. In Slack templates, text around placeholders is common. */
export const message: Readonly<Record<string, unknown>> = {
  text: '*{{ user["Company Name"] }}* ({{ user.plan ?? "free" }}) upgraded to {{ data.plan }}',
};

/**
 * Heap accepts no lists, one level of nesting, and values that are text or a single placeholder. A template that passes
 * works there as it does here.
 * @throws HeronError `template_invalid`
 */
export function assertHeapTemplate(body: unknown): void {
  const [fault] = validateTemplate(body, { profile: "heap" });
  if (fault === undefined) return;
  const { pointer, expected, found } = fault;
  throw new HeronError("template_invalid", `At ${pointer}: expected ${expected}, found ${found}.`);
}
