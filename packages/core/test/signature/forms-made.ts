import { type Form, otherForms } from "../../src/signature/forms.ts";

/** The forms that there are of a body beside its own, each in one piece. */
export function formsMade(body: Uint8Array): { readonly form: Form; readonly text: Buffer }[] {
  const compact: Buffer[] = [];
  const ascii: Buffer[] = [];
  // Copied, since a piece is overwritten by the next.
  const made = otherForms(
    body,
    (piece) => compact.push(Buffer.from(piece)),
    (piece) => ascii.push(Buffer.from(piece)),
  );
  return [
    ...(made.compact ? [{ form: "compact" as const, text: Buffer.concat(compact) }] : []),
    ...(made.ascii ? [{ form: "compact-ascii" as const, text: Buffer.concat(ascii) }] : []),
  ];
}
