import { createEvent, encodeEvent } from "@heron-webhooks/core";

export const SECRET: string = "sec_9KzQ0nZ4pS6vX1yB3dF5gH7jL2mN8qRtUwEoIaCxVbM";

const SAMPLE_TEXT =
  "Quarterly statement received from the borrower, categorised without exceptions; two transfers between own accounts. ";

/** A fixed-width number, so that all events of a size have the same length. */
function createNumberedEvent(number: number): string {
  return String(number).padStart(10, "0");
}

/** Creates events as {@link buildEvent} many times faster, by writing the number into a prebuilt event. */
export function buildEvents(bytes: number): (number: number) => Uint8Array {
  const parts = Buffer.from(buildEvent(0, bytes)).toString("utf8").split(createNumberedEvent(0));
  return (number) => Buffer.from(parts.join(createNumberedEvent(number)), "utf8");
}

/** An event as Heron Data sends, about `bytes` long. Another `number` gives another body of the same length. */
export function buildEvent(number: number, bytes: number): Uint8Array {
  const name = createNumberedEvent(number);
  const data = {
    heron_id: `eus_${name}h4Kq`,
    end_user_id: `borrower-${name}`,
    status: "processed",
    company: { name: "Meadow & Sons Trading Ltd", country: "GB", founded: 1998, active: true },
    transactions: { received: 1284, categorised: 1284, from: "2026-01-01", until: "2026-03-31" },
    note: "",
  };
  const created = "2026-04-01T09:23:53+00:00";
  const base = encodeEvent(createEvent({ topic: "end_user.processed", created, data })).length;
  data.note = SAMPLE_TEXT.repeat(Math.ceil(bytes / SAMPLE_TEXT.length)).slice(0, Math.max(0, bytes - base));
  return encodeEvent(createEvent({ topic: "end_user.processed", created, data }));
}
