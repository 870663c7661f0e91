import { connect, isIPv6, type Socket } from "node:net";

/** How long an address has before the next is tried beside it. Source: RFC 8305, 8. */
const ATTEMPT_DELAY_MS = 250;
/** How many addresses one race tries: each may hold a socket until the race is over. */
const MAX_ADDRESSES = 8;
/** An address that this host has no route to says nothing about the receiver. */
const NO_ROUTE: ReadonlySet<unknown> = new Set([
  "ENETUNREACH",
  "EHOSTUNREACH",
  "EADDRNOTAVAIL",
  "EAFNOSUPPORT",
]);

/** Called once, with a connected socket or with the reason why there is none. */
export type RaceEnded = (error: Error | null, socket: Socket | null) => void;

/**
 * Connects to the first address that accepts: IPv6 and IPv4 in turn, the next one after 250 ms or when one fails, and
 * none is given up while the race goes on (RFC 8305). Node's own way aborts each address but the last after a fixed time,
 * so that it never reaches a receiver whose round trip is longer.
 */
export class ConnectionRace {
  readonly #port: number;
  readonly #ended: RaceEnded;
  /** The addresses that are still to be tried. */
  readonly #ipv6: string[] = [];
  readonly #ipv4: string[] = [];
  readonly #seen = new Set<string>();
  readonly #sockets = new Set<Socket>();
  readonly #errors: Error[] = [];
  #isIpv6Next = true;
  #isComplete = false;
  #isOver = false;
  #delay: NodeJS.Timeout | undefined;

  constructor(port: number, ended: RaceEnded) {
    this.#port = port;
    this.#ended = ended;
  }

  /** More addresses may come while it goes on. */
  add(addresses: readonly string[]): void {
    for (const address of addresses) {
      if (this.#seen.has(address)) continue;
      this.#seen.add(address);
      (isIPv6(address) ? this.#ipv6 : this.#ipv4).push(address);
    }
    if (this.#delay === undefined) this.#tryNext();
  }

  /** There are no more addresses. The error is for a race without any. */
  complete(error: Error): void {
    this.#isComplete = true;
    if (this.#seen.size === 0) this.#end(error, null);
    else this.#endIfLost();
  }

  /** Ends the race without a callback. */
  cancel(): void {
    this.#isOver = true;
    clearTimeout(this.#delay);
    for (const socket of this.#sockets)
      socket
        .removeAllListeners()
        .on("error", () => {})
        .destroy();
    this.#sockets.clear();
  }

  #tryNext(): void {
    clearTimeout(this.#delay);
    this.#delay = undefined;
    const address = this.#isOver || this.#isFull ? undefined : this.#next();
    if (address === undefined) {
      this.#endIfLost();
      return;
    }
    // Undici's own settings for a socket.
    const settings = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000, highWaterMark: 65_536 };
    const socket = connect({ ...settings, host: address, port: this.#port });
    this.#sockets.add(socket);
    this.#delay = setTimeout(() => this.#tryNext(), ATTEMPT_DELAY_MS);
    socket
      .once("connect", () => {
        this.#sockets.delete(socket);
        socket.removeAllListeners("error");
        this.#end(null, socket);
      })
      .once("error", (error) => {
        this.#sockets.delete(socket);
        this.#errors.push(error);
        this.#tryNext();
      });
  }

  #next(): string | undefined {
    const [first, second] = this.#isIpv6Next ? [this.#ipv6, this.#ipv4] : [this.#ipv4, this.#ipv6];
    const address = first.shift() ?? second.shift();
    if (address !== undefined) this.#isIpv6Next = !isIPv6(address);
    return address;
  }

  get #isFull(): boolean {
    return this.#sockets.size + this.#errors.length >= MAX_ADDRESSES;
  }

  #endIfLost(): void {
    if (this.#sockets.size > 0 || this.#errors.length === 0) return;
    if (this.#isComplete || this.#isFull) this.#end(this.#error(), null);
  }

  #error(): Error {
    const isTelling = (error: NodeJS.ErrnoException): boolean => !NO_ROUTE.has(error.code);
    return this.#errors.find(isTelling) ?? (this.#errors[0] as Error);
  }

  #end(error: Error | null, socket: Socket | null): void {
    if (this.#isOver) return;
    this.cancel();
    this.#ended(error, socket);
  }
}
