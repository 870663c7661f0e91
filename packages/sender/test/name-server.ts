import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { type Answer, decode, encode } from "dns-packet";

type Family = "A" | "AAAA";

/** How a name server answers for a name. */
export interface Zone {
  readonly A?: readonly string[];
  readonly AAAA?: readonly string[];
  /** In seconds. Default 60. */
  readonly ttl?: number;
  /** For the families without addresses. Default: there are none, and no error. */
  readonly rcode?: "NXDOMAIN" | "SERVFAIL";
  /** In milliseconds, before an answer. Default 0. */
  readonly delayMs?: number | Partial<Record<Family, number>>;
  /** The families that are never answered. */
  readonly silent?: readonly Family[];
}

/** For names that have no zone. */
const UNKNOWN_ZONE: Zone = { rcode: "NXDOMAIN" };
/** Source: RFC 1035, 4.1.1. */
const RCODES = { NXDOMAIN: 3, SERVFAIL: 2 } as const;

/** A name server of the tests, on this machine, over UDP. */
export class NameServer implements AsyncDisposable {
  /** By name; a name that begins with `*.` is for all below. A function is asked at each query. */
  readonly zones: Map<string, Zone | ((query: number) => Zone)> = new Map();
  /** What it was asked, such as `A hook.test`. */
  readonly queries: string[] = [];
  /** How many queries it is answering, and how many those were at most. */
  activeQueries = 0;
  maxActiveQueries = 0;
  readonly #socket: Socket = createSocket("udp4");
  readonly #closed = new AbortController();

  static async open(port = 0): Promise<NameServer> {
    const server = new NameServer();
    server.#socket.on("message", (message, from) => void server.#answer(message, from).catch(() => {}));
    server.#socket.bind(port, "127.0.0.1");
    await once(server.#socket, "listening");
    return server;
  }

  /** As `setServers` of `node:dns` takes it. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    this.#socket.close();
    await once(this.#socket, "close");
  }

  async #answer(message: Buffer, { port, address }: RemoteInfo): Promise<void> {
    const { id, questions = [] } = decode(message);
    const [question] = questions;
    if (question === undefined || (question.type !== "A" && question.type !== "AAAA")) return;
    const name = question.name.toLowerCase();
    const queryCount = this.queries.push(`${question.type} ${name}`);
    const { ttl = 60, rcode, delayMs = 0, silent = [], ...addresses } = this.#zone(name, queryCount);
    this.maxActiveQueries = Math.max(this.maxActiveQueries, ++this.activeQueries);
    const ms = typeof delayMs === "number" ? delayMs : (delayMs[question.type] ?? 0);
    // Without a delay it answers in this turn of the event loop.
    if (ms > 0)
      await setTimeout(ms, undefined, { signal: this.#closed.signal }).finally(() => this.activeQueries--);
    else if (!silent.includes(question.type)) this.activeQueries--;
    if (silent.includes(question.type)) return;
    const found = addresses[question.type] ?? [];
    const answers: Answer[] = found.map((data) => ({
      type: question.type as Family,
      name: question.name,
      ttl,
      data,
    }));
    const flags = 0x0180 | (found.length === 0 && rcode !== undefined ? RCODES[rcode] : 0);
    this.#socket.send(
      encode({ type: "response", id: id ?? 0, flags, questions: [question], answers }),
      port,
      address,
    );
  }

  #zone(name: string, query: number): Zone {
    const above = `*.${name.split(".").slice(1).join(".")}`;
    const zone = this.zones.get(name) ?? this.zones.get(above) ?? UNKNOWN_ZONE;
    return typeof zone === "function" ? zone(query) : zone;
  }
}
