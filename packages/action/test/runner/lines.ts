/**
 * Cuts a stream of UTF-8 into lines as .NET reads them: `\r`, `\n` and `\r\n` end a line, what is malformed
 * becomes U+FFFD, and a byte order mark at the start is passed over.
 */
export class LineReader {
  readonly #decoder = new TextDecoder();
  readonly #take: (line: string) => void;
  #rest = "";

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  write(chunk: Uint8Array): void {
    this.#rest += this.#decoder.decode(chunk, { stream: true });
    // A carriage return at the very end may be half of a line's end.
    const whole = /^.*(?:\n|\r(?=.))/s.exec(this.#rest)?.[0] ?? "";
    if (whole === "") return;
    this.#rest = this.#rest.slice(whole.length);
    for (const line of splitLines(whole)) this.#take(line);
  }

  end(): void {
    for (const line of splitLines(this.#rest + this.#decoder.decode())) this.#take(line);
    this.#rest = "";
  }
}

/** The lines of a text; what ends one does not start another. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
