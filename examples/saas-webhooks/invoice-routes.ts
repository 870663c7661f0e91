import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { Invoice } from "./topics.ts";

/** The business of this example: invoices, in memory. */
export function invoiceRoutes(app: FastifyInstance): void {
  const invoices = new Map<string, Invoice & { readonly account: string }>();

  app.post<{ Body: Omit<Invoice, "id"> }>(
    "/invoices",
    {
      schema: {
        body: {
          type: "object",
          required: ["customer", "amount", "currency"],
          additionalProperties: false,
          properties: {
            customer: { type: "string" },
            amount: { type: "number", exclusiveMinimum: 0 },
            currency: { type: "string", pattern: "^[A-Z]{3}$" },
          },
        },
      },
    },
    async ({ customer, body }, reply) => {
      const invoice = { id: `in_${randomUUID()}`, ...body };
      invoices.set(invoice.id, { ...invoice, account: customer.account });
      await customer.emit("invoice.created", invoice, { id: `${invoice.id} created` });
      return reply.code(201).send(invoice);
    },
  );

  app.post<{ Params: { id: string } }>("/invoices/:id/pay", async ({ customer, params: { id } }, reply) => {
    const invoice = invoices.get(id);
    if (invoice?.account !== customer.account) return reply.code(404).send({ error: "invoice_not_found" });
    const { account: _, ...data } = { ...invoice, paid_at: new Date().toISOString() };
    // The id makes the event idempotent if a client repeats the request.
    const { deliveryCount } = await customer.emit("invoice.paid", data, { id: `${id} paid` });
    return { ...data, notified: deliveryCount };
  });
}
