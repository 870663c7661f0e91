import { type BodyForm, writeAlternateForms } from "../../src/signature/body-forms.ts";

/** The forms that there are of a body beside its own, each in one piece. */
export function collectForms(body: Uint8Array): { readonly form: BodyForm; readonly text: Buffer }[] {
  const compact: Buffer[] = [];
  const ascii: Buffer[] = [];
  // Copied, since a piece is overwritten by the next.
  const forms = writeAlternateForms(
    body,
    (piece) => compact.push(Buffer.from(piece)),
    (piece) => ascii.push(Buffer.from(piece)),
  );
  return [
    ...(forms.compact ? [{ form: "compact" as const, text: Buffer.concat(compact) }] : []),
    ...(forms.ascii ? [{ form: "compact-ascii" as const, text: Buffer.concat(ascii) }] : []),
  ];
}
