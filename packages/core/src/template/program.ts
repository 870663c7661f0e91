import { HeronError } from "../errors.ts";
import { LONGEST_BODY } from "./limits.ts";
import type { TemplateScope } from "./path.ts";

/** Something that is written anew each time; undefined if it is left out. */
export type Hole = (scope: TemplateScope) => string | undefined;

/** An element of a list or, with its key, of an object. */
export interface Member {
  readonly program: Program;
  /** It may be left out, by one of its holes. */
  readonly omittable: boolean;
}

/** What a template came to: JSON text that stays, and between its pieces what is written anew. */
export class Program {
  /** Of each piece, what it was put together from. */
  readonly #pieces: string[][] = [[]];
  /** The pieces, joined at the first writing: a sum of texts is a tree in V8, which every writing would walk. */
  #joined: readonly string[] | undefined;
  readonly #holes: Hole[] = [];

  /** Adds text that stays. */
  text(text: string): void {
    this.#pieces.at(-1)?.push(text);
  }

  hole(hole: Hole): void {
    this.#holes.push(hole);
    this.#pieces.push([]);
  }

  /** Adds another program's text and holes behind its own. */
  append(other: Program): void {
    for (const [i, texts] of other.#pieces.entries()) {
      if (i > 0) this.hole(other.#holes[i - 1] as Hole);
      this.text(texts.join(""));
    }
  }

  /** Adds what stands between brackets, commas between; members that are left out take their commas with them. */
  members(open: string, members: readonly Member[], close: string): void {
    if (members.some(({ omittable }) => omittable)) {
      this.hole((scope) => {
        let text = open;
        for (const { program } of members) {
          const written = program.write(scope);
          if (written === undefined) continue;
          text += text === open ? written : `,${written}`;
          if (text.length > LONGEST_BODY) throw tooLarge();
        }
        return text + close;
      });
      return;
    }
    this.text(open);
    for (const [i, { program }] of members.entries()) {
      if (i > 0) this.text(",");
      this.append(program);
    }
    this.text(close);
  }

  /** The text; undefined if it was left out. */
  write(scope: TemplateScope): string | undefined {
    this.#joined ??= this.#pieces.map((texts) => texts.join(""));
    const pieces = this.#joined;
    const holes = this.#holes;
    let text = pieces[0] as string;
    for (let i = 0; i < holes.length; i++) {
      const written = (holes[i] as Hole)(scope);
      if (written === undefined) return undefined;
      text += written;
      text += pieces[i + 1] as string;
      if (text.length > LONGEST_BODY) throw tooLarge();
    }
    return text;
  }

  /** The text as a body: bounded, and null if all was left out. */
  body(scope: TemplateScope): string {
    const text = this.write(scope) ?? "null";
    // A UTF-16 unit is at most three bytes of UTF-8, so most bodies need no counting.
    if (text.length * 3 > LONGEST_BODY && Buffer.byteLength(text, "utf8") > LONGEST_BODY) throw tooLarge();
    return text;
  }
}

function tooLarge(): HeronError {
  return new HeronError(
    "event_too_large",
    `The template rendered to more than ${LONGEST_BODY / 1024} KiB: read less of the event in it.`,
  );
}
