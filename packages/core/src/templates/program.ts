import { HeronError } from "../errors.ts";
import { MAX_BODY_BYTES } from "./limits.ts";
import type { TemplateScope } from "./path.ts";

/** Something that is written anew each time; undefined if it is left out. */
export type Slot = (scope: TemplateScope) => string | undefined;

/** An element of a list or, with its key, of an object. */
export interface ProgramMember {
  readonly program: Program;
  /** It may be left out, by one of its holes. */
  readonly isOmittable: boolean;
}

/** What a template came to: JSON text that stays, and between its pieces what is written anew. */
export class Program {
  /** Of each piece, what it was put together from. */
  readonly #literals: string[][] = [[]];
  /** The pieces, joined at the first writing: a sum of texts is a tree in V8, which every writing would walk. */
  #joinedLiterals: readonly string[] | undefined;
  readonly #slots: Slot[] = [];

  /** Adds text that stays. */
  addText(text: string): void {
    this.#literals.at(-1)?.push(text);
  }

  addSlot(slot: Slot): void {
    this.#slots.push(slot);
    this.#literals.push([]);
  }

  /** Adds another program's text and holes behind its own. */
  append(program: Program): void {
    for (const [i, texts] of program.#literals.entries()) {
      if (i > 0) this.addSlot(program.#slots[i - 1] as Slot);
      this.addText(texts.join(""));
    }
  }

  /** Adds what stands between brackets, commas between; members that are left out take their commas with them. */
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

  /** The text; undefined if it was left out. */
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

  /** The text as a body: bounded, and null if all was left out. */
  renderBody(scope: TemplateScope): string {
    const text = this.render(scope) ?? "null";
    // A UTF-16 unit is at most three bytes of UTF-8, so most bodies need no counting.
    if (text.length * 3 > MAX_BODY_BYTES && Buffer.byteLength(text, "utf8") > MAX_BODY_BYTES)
      throw createTooLargeError();
    return text;
  }
}

function createTooLargeError(): HeronError {
  return new HeronError(
    "event_too_large",
    `The template rendered to more than ${MAX_BODY_BYTES / 1024} KiB: read less of the event in it.`,
  );
}
