import type { TopicDescription } from "@heron-webhooks/sender";

export interface Invoice {
  readonly id: string;
  readonly customer: string;
  readonly amount: number;
  readonly currency: string;
}

export interface PaidInvoice extends Invoice {
  readonly paid_at: string;
}

/** The data of each topic: what `sender.emit` takes. */
export type OurTopics = {
  readonly "invoice.created": TopicDescription<Invoice>;
  readonly "invoice.paid": TopicDescription<PaidInvoice>;
};

const properties = {
  id: { type: "string" },
  customer: { type: "string" },
  amount: { type: "number", exclusiveMinimum: 0 },
  currency: { type: "string", pattern: "^[A-Z]{3}$" },
};
const required = Object.keys(properties);
const example: Invoice = { id: "in_1", customer: "Ann", amount: 49.5, currency: "EUR" };

/** The topics that customers can subscribe to. Test events use the examples. */
export const topics: OurTopics = {
  "invoice.created": {
    description: "An invoice was made.",
    example,
    schema: { type: "object", properties, required },
  },
  "invoice.paid": {
    description: "An invoice was paid in full.",
    example: { ...example, paid_at: "2026-01-31T12:00:00Z" },
    schema: {
      type: "object",
      properties: { ...properties, paid_at: { type: "string" } },
      required: [...required, "paid_at"],
    },
  },
};
