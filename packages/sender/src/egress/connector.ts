import { isIP, type Socket } from "node:net";
import type { Logger } from "@heron-webhooks/core";
import { buildConnector } from "undici";
import { forbiddenError, mayReach, type Range } from "./addresses.ts";
import { ConnectionRace } from "./connection-race.ts";
import { LookupError } from "./lookup-error.ts";
import { isTranslatable, Nat64, type Prefix } from "./nat64.ts";
import type { Resolver } from "./resolver.ts";

/** An attempt that needs a connection. */
export interface ConnectionOwner {
  /** Look-ups are shared fairly among accounts. */
  readonly account: string;
  /** Set while the connection is being made: cancels it. */
  cancelConnect: (() => void) | undefined;
}

export interface GuardOptions {
  readonly allowed: readonly Range[];
  readonly connectMs: number;
  readonly resolver: Resolver;
  readonly logger?: Logger | undefined;
  /** The attempt that needs a connection to this origin. */
  readonly ownerOf: (origin: string) => ConnectionOwner;
}

/**
 * Connects only to addresses that may be reached. Checked at every connection, for a literal and for each address of a
 * name, and the address that was checked is the one that is connected to, with the name for TLS. So neither a name that
 * resolves otherwise the second time, nor a literal, for which no resolver is asked, gets around the check. Of a name
 * with several addresses, those that may be reached are used.
 */
export function guardedConnector(options: GuardOptions): buildConnector.connector {
  const { connectMs, resolver, logger, ownerOf } = options;
  const nat64 = new Nat64(resolver, logger);
  // One HTTP/2 session that is dead would block all attempts to its host.
  const handshake = buildConnector({ timeout: connectMs, allowH2: false });
  return (target, callback) => {
    const { protocol, hostname, host = hostname } = target;
    const owner = ownerOf(`${protocol}//${host}`);
    const literal = hostname.replace(/^\[|\]$/g, "");
    const isSecure = protocol === "https:";
    let isOver = false;
    let leaveLookup = (): void => {};
    let connected: Socket | null = null;
    const end = (error: Error | null, socket: Socket | null): void => {
      if (isOver) return;
      isOver = true;
      owner.cancelConnect = undefined;
      clearTimeout(timeout);
      leaveLookup();
      if (socket !== null) {
        callback(null, socket);
        return;
      }
      connected?.destroy();
      callback(error ?? forbiddenError(literal), null);
    };
    const race = new ConnectionRace(Number(target.port) || (isSecure ? 443 : 80), (error, socket) => {
      connected = socket;
      // A family that is not answered yet keeps no place during the handshake.
      leaveLookup();
      if (socket === null || !isSecure) end(error, socket);
      else
        handshake({ ...target, httpSocket: socket }, (failure, secured) =>
          end(failure, failure === null ? secured : null),
        );
    });
    const fail = (error: Error): void => {
      race.cancel();
      end(error, null);
    };
    const timeout = setTimeout(() => fail(timedOut(connectMs)), connectMs);
    owner.cancelConnect = () => fail(new Error("the attempt is over"));
    const judge = new Judge(literal, options, nat64, race);
    if (isIP(literal) === 0)
      leaveLookup = resolver.lookup(hostname, {
        account: owner.account,
        found: (addresses) => judge.add(addresses),
        ended: (error) => judge.complete(error ?? forbiddenError(literal)),
      });
    else {
      judge.add([literal]);
      judge.complete(forbiddenError(literal));
    }
  };
}

/** Passes on to a race the addresses that may be reached. */
class Judge {
  readonly #allowed: readonly Range[];
  readonly #nat64: Nat64;
  readonly #host: string;
  readonly #race: ConnectionRace;
  /** Whether there were addresses that could not be judged: the prefixes of NAT64 are not known. */
  #isUnknown = false;
  /** How many lists of addresses wait for the prefixes of NAT64. */
  #waiting = 0;
  /** The error for a name without an address that may be reached, once all of them are known. */
  #error: Error | null = null;

  constructor(host: string, { allowed }: GuardOptions, nat64: Nat64, race: ConnectionRace) {
    this.#host = host;
    this.#allowed = allowed;
    this.#nat64 = nat64;
    this.#race = race;
  }

  add(addresses: readonly string[]): void {
    const translatable = addresses.filter(isTranslatable);
    this.#pass(
      addresses.filter((address) => !isTranslatable(address)),
      [],
    );
    if (translatable.length === 0) return;
    this.#waiting += 1;
    this.#nat64.prefixes((prefixes) => {
      this.#waiting -= 1;
      if (prefixes === null) this.#isUnknown = true;
      this.#pass(translatable, prefixes);
      this.#endIfComplete();
    });
  }

  complete(error: Error): void {
    this.#error = error;
    this.#endIfComplete();
  }

  #pass(addresses: readonly string[], prefixes: readonly Prefix[] | null): void {
    const allowed = addresses.filter((address) => mayReach(address, this.#allowed, prefixes));
    if (allowed.length > 0) this.#race.add(allowed);
  }

  #endIfComplete(): void {
    if (this.#error === null || this.#waiting > 0) return;
    this.#race.complete(this.#isUnknown ? uncheckedError(this.#host) : this.#error);
  }
}

/** The reason is in the operator's log: it is the network of this host, not the receiver. */
function uncheckedError(host: string): LookupError {
  return new LookupError(
    "EAGAIN",
    `the IPv6 address of ${host} could not be checked yet, and it has no other`,
  );
}

function timedOut(ms: number): Error {
  return Object.assign(new Error(`no connection within ${ms / 1000} s`), { code: "ETIMEDOUT" });
}
