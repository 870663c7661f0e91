import { Poster } from "../poster.ts";
import { eventOf } from "../request.ts";
import { SLOTS, type Subject, type SubjectOptions } from "../subject.ts";

/** The limit: undici alone, signing and posting the same bytes under the same headers, and keeping nothing. */
export async function limit({ origin }: SubjectOptions): Promise<Subject> {
  const poster = new Poster(origin);
  let running = false;
  let underWay = 0;
  let delivered = 0;
  let n = 0;

  const post = (): void => {
    underWay++;
    poster.begin(eventOf(n), n, ended);
    n++;
  };
  const ended = (ok: boolean): void => {
    underWay--;
    if (ok) delivered++;
    if (running) post();
  };
  return {
    emits: null,
    begin() {
      running = true;
      for (let i = 0; i < SLOTS; i++) post();
    },
    delivered: () => delivered,
    owed: () => underWay,
    stop() {
      running = false;
    },
    close: () => poster.close(),
  };
}
