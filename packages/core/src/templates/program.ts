import { HeronError } from "../errors.ts";
import { MAX_BODY_BYTES } from "./limits.ts";
import type { TemplateScope } from "./path.ts";

/** Renders a value; undefined omits it. */
export type Slot = (scope: TemplateScope) => string | undefined;

/** An element of a list, or a member of an object with its key. */
export interface ProgramMember {
  readonly program: Program;
  /** Whether one of its slots can omit it. */
  readonly isOmittable: boolean;
}

/** A compiled template: literal JSON text, with slots between its pieces. */
export class Program {
  /** The parts of each literal piece. */
  readonly #literals: string[][] = [[]];
  /** The pieces, joined at the first rendering: V8 concatenates to a rope, which each rendering would flatten. */
  #joinedLiterals: readonly string[] | undefined;
  readonly #slots: Slot[] = [];

  /** Adds literal text. */
  addText(text: string): void {
    this.#literals.at(-1)?.push(text);
  }

  addSlot(slot: Slot): void {
    this.#slots.push(slot);
    this.#literals.push([]);
  }

  /** Appends another program's text and slots. */
  append(program: Program): void {
    for (const [i, texts] of program.#literals.entries()) {
      if (i > 0) this.addSlot(program.#slots[i - 1] as Slot);
      this.addText(texts.join(""));
    }
  }

  /** Adds members between brackets, separated by commas. An omitted member omits its comma. */
  addMembers(open: string, members: readonly ProgramMember[], close: string): void {
    if (members.some(({ isOmittable }) => isOmittable)) {
      this.addSlot((scope) => {
        let text = open;
        for (const { program } of members) {
          const memberText = program.render(scope);
          if (memberText === undefined) continue;
          text += text === open ? memberText : `,${memberText}`;
          if (text.length > MAX_BODY_BYTES) throw createTooLargeError();
        }
        return text + close;
      });
      return;
    }
    this.addText(open);
    for (const [i, { program }] of members.entries()) {
      if (i > 0) this.addText(",");
      this.append(program);
    }
    this.addText(close);
  }

  /** Renders the text; undefined if omitted. */
  render(scope: TemplateScope): string | undefined {
    this.#joinedLiterals ??= this.#literals.map((texts) => texts.join(""));
    const literals = this.#joinedLiterals;
    const slots = this.#slots;
    let text = literals[0] as string;
    for (let i = 0; i < slots.length; i++) {
      const slotText = (slots[i] as Slot)(scope);
      if (slotText === undefined) return undefined;
      text += slotText;
      text += literals[i + 1] as string;
      if (text.length > MAX_BODY_BYTES) throw createTooLargeError();
    }
    return text;
  }

  /** Renders a body: limited in size, and null if everything is omitted. */
  renderBody(scope: TemplateScope): string {
    const text = this.render(scope) ?? "null";
    // A UTF-16 unit is at most three bytes of UTF-8, so most bodies need no count.
    if (text.length * 3 > MAX_BODY_BYTES && Buffer.byteLength(text, "utf8") > MAX_BODY_BYTES)
      throw createTooLargeError();
    return text;
  }
}

function createTooLargeError(): HeronError {
  return new HeronError(
    "event_too_large",
    `The template rendered to more than ${MAX_BODY_BYTES / 1024} KiB: read less of the event.`,
  );
}
