import { json, text } from "./json.ts";
import type { Scope } from "./scopes.ts";

/** A template as its user would write it, and what it comes to when somebody writes it as code. */
export interface TemplateCase {
  readonly name: string;
  /** In Heron's own spelling, from which the other engines' are made. */
  readonly template: unknown;
  readonly byHand: (scope: Scope) => string;
}

export const CASES: readonly TemplateCase[] = [
  {
    name: "flat, 5 placeholders",
    template: {
      identity: "{{ user.identity }}",
      account_id: "{{ data.heron_id }}",
      event: "{{ topic }}",
      amount: "{{ data.amount }}",
      note: "{{ data.note }}",
    },
    byHand: ({ user, data, topic }) =>
      `{"identity":${json(user.identity)},"account_id":${json(data.heron_id)},"event":${json(topic)},"amount":${json(data.amount)},"note":${json(data.note)}}`,
  },
  {
    name: "text, 7 placeholders inside strings",
    template: {
      subject: "{{ data.company.name }} was processed",
      text: 'Dear {{ data.contact.name }},\n\n{{ data.transactions.received }} transactions were received. "{{ data.note }}" was noted on {{ data.heron_id }}.\n',
      link: "https://app.example.com/borrowers/{{ data.heron_id }}?webhook={{ webhook.id }}",
    },
    byHand: ({ data, webhook }) =>
      `{"subject":"${text(data.company.name)} was processed","text":"Dear ${text(data.contact.name)},\\n\\n${data.transactions.received} transactions were received. \\"${text(data.note)}\\" was noted on ${text(data.heron_id)}.\\n","link":"https://app.example.com/borrowers/${text(data.heron_id)}?webhook=${text(webhook.id)}"}`,
  },
  {
    name: "nested, 14 placeholders, whole objects",
    template: {
      version: 2,
      event: { id: "{{ id }}", topic: "{{ topic }}", created: "{{ created }}" },
      company: "{{ data.company }}",
      tags: "{{ data.tags }}",
      items: [
        { name: "{{ data.items[0].name }}", amount: "{{ data.items[0].amount }}" },
        { name: "{{ data.items[1].name }}", amount: "{{ data.items[1].amount }}" },
      ],
      totals: [["{{ data.transactions.received }}", "{{ data.transactions.categorised }}"], []],
      contact: { email: "{{ data.contact.email }}", active: "{{ data.company.active }}" },
      origin: { source: "{{ meta.source }}", system: "heron" },
    },
    byHand: ({ id, topic, created, data, meta }) =>
      `{"version":2,"event":{"id":${json(id)},"topic":${json(topic)},"created":${json(created)}},"company":${json(data.company)},"tags":${json(data.tags)},"items":[{"name":${json(data.items[0]?.name)},"amount":${json(data.items[0]?.amount)}},{"name":${json(data.items[1]?.name)},"amount":${json(data.items[1]?.amount)}}],"totals":[[${json(data.transactions.received)},${json(data.transactions.categorised)}],[]],"contact":{"email":${json(data.contact.email)},"active":${json(data.company.active)}},"origin":{"source":${json(meta.source)},"system":"heron"}}`,
  },
  {
    name: "Slack blocks, 10 placeholders",
    template: {
      text: "{{ data.company.name }}: {{ data.status }}",
      blocks: [
        { type: "header", text: { type: "plain_text", text: "{{ data.company.name }}", emoji: true } },
        {
          type: "section",
          fields: [
            { type: "mrkdwn", text: "*Status*\n{{ data.status }}" },
            { type: "mrkdwn", text: "*Amount*\n£{{ data.amount }}" },
            { type: "mrkdwn", text: "*Transactions*\n{{ data.transactions.received }}" },
          ],
        },
        { type: "section", text: { type: "mrkdwn", text: "> {{ data.note }}" } },
        { type: "divider" },
        { type: "context", elements: [{ type: "mrkdwn", text: "{{ topic }} · {{ created }}" }] },
        {
          type: "actions",
          elements: [
            {
              type: "button",
              text: { type: "plain_text", text: "Open" },
              url: "https://app.example.com/borrowers/{{ data.heron_id }}",
            },
          ],
        },
      ],
    },
    byHand: ({ data, topic, created }) =>
      `{"text":"${text(data.company.name)}: ${text(data.status)}","blocks":[{"type":"header","text":{"type":"plain_text","text":${json(data.company.name)},"emoji":true}},{"type":"section","fields":[{"type":"mrkdwn","text":"*Status*\\n${text(data.status)}"},{"type":"mrkdwn","text":"*Amount*\\n£${data.amount}"},{"type":"mrkdwn","text":"*Transactions*\\n${data.transactions.received}"}]},{"type":"section","text":{"type":"mrkdwn","text":"> ${text(data.note)}"}},{"type":"divider"},{"type":"context","elements":[{"type":"mrkdwn","text":"${text(topic)} · ${text(created)}"}]},{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Open"},"url":"https://app.example.com/borrowers/${text(data.heron_id)}"}]}]}`,
  },
];
