import { CONCURRENCY, type DeliveryProgram, type DeliveryProgramOptions } from "../delivery-program.ts";
import { HttpPoster } from "../http-poster.ts";
import { createEventBody } from "../request.ts";

/** The limit: undici alone, signing and posting the same bytes with the same headers, without a store. */
export async function createLimitProgram({ origin }: DeliveryProgramOptions): Promise<DeliveryProgram> {
  const poster = new HttpPoster(origin);
  let isRunning = false;
  let inFlight = 0;
  let delivered = 0;
  let n = 0;

  const post = (): void => {
    inFlight++;
    poster.begin(createEventBody(n), n, ended);
    n++;
  };
  const ended = (ok: boolean): void => {
    inFlight--;
    if (ok) delivered++;
    if (isRunning) post();
  };
  return {
    emits: null,
    start() {
      isRunning = true;
      for (let i = 0; i < CONCURRENCY; i++) post();
    },
    delivered: () => delivered,
    countPending: () => inFlight,
    stop() {
      isRunning = false;
    },
    close: () => poster.close(),
  };
}
