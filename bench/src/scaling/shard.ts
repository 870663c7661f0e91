import { Ages } from "./ages.ts";
import { Arrivals } from "./arrivals.ts";
import { Backlog } from "./backlog.ts";
import { Circuits } from "./circuits.ts";
import { ByDueTime, type ClaimOrder, RoundRobin } from "./claim-order.ts";
import { Heap } from "./heap.ts";
import type { Kind, Webhook } from "./population.ts";

export interface Policy {
  readonly name: string;
  readonly order: (webhooks: readonly Webhook[]) => ClaimOrder;
  /** No more of a webhook is under way than its concurrency. */
  readonly limited: boolean;
  /** A webhook that fails ten times in a row is left alone. */
  readonly circuit?: boolean;
}

export const FIFO: Policy = { name: "by due time", order: () => new ByDueTime(), limited: false };
export const FIFO_LIMITED: Policy = {
  name: "by due time, 10 a webhook",
  order: () => new ByDueTime(),
  limited: true,
};
export const FAIR: Policy = {
  name: "by turns",
  order: (webhooks) => new RoundRobin(webhooks),
  limited: true,
};
export const FAIR_CIRCUIT: Policy = { ...FAIR, name: "the same, with circuits", circuit: true };

/** Those who share a database. */
export interface ShardOptions {
  readonly webhooks: readonly Webhook[];
  readonly policy: Policy;
  /** Processes, and how many attempts each may have under way. */
  readonly workers: number;
  readonly slots: number;
  /** What a claim takes, in seconds, however much it gives: a process makes one at a time. */
  readonly claim: number;
  /** What becomes due from `from` to `until` is measured, in seconds; the rest is there so that nothing begins or ends. */
  readonly from: number;
  readonly until: number;
  readonly seed: number;
}

export interface ShardResult {
  /** For how long deliveries were due until they were attempted. */
  readonly ages: Readonly<Record<Kind, Ages>>;
  /** Which part of all slots' time the attempts of each account had. */
  readonly shares: ReadonlyMap<number, number>;
}

/** So many times as long as is measured it goes on for what is waiting by then. */
const LONGEST = 4;

export function simulateShard(options: ShardOptions): ShardResult {
  return new Shard(options).run();
}

class Shard {
  readonly #options: ShardOptions;
  readonly #arrivals: Arrivals;
  readonly #backlog: Backlog;
  readonly #circuits: Circuits | null;
  /** Ends: of attempts, as their delivery's number; of claims, as -1 less the worker's. */
  readonly #ends = new Heap();
  readonly #free: Int32Array;
  readonly #isClaiming: Uint8Array;
  /** Of each delivery: when it was due, whose it is, what it takes, who attempts it. */
  readonly #due: number[] = [];
  readonly #webhook: number[] = [];
  readonly #work: number[] = [];
  readonly #worker: number[] = [];
  readonly #ages: Record<Kind, Ages> = {
    quiet: new Ages(),
    large: new Ages(),
    noisy: new Ages(),
    hanging: new Ages(),
  };
  readonly #busy = new Map<number, number>();
  /** Measured, and not attempted so far: of those whose receivers answer. */
  #waited = 0;
  #turn = 0;

  constructor(options: ShardOptions) {
    const { webhooks, policy, workers, slots, seed } = options;
    this.#options = options;
    this.#arrivals = new Arrivals(webhooks, seed);
    const limits = webhooks.map(({ concurrency }) =>
      policy.limited ? concurrency : Number.POSITIVE_INFINITY,
    );
    this.#backlog = new Backlog(limits, policy.order(webhooks));
    this.#circuits = policy.circuit === true ? new Circuits(this.#backlog, webhooks.length) : null;
    this.#free = new Int32Array(workers).fill(slots);
    this.#isClaiming = new Uint8Array(workers);
  }

  run(): ShardResult {
    const { from, until, workers, slots } = this.#options;
    const arrivals = this.#arrivals;
    const latest = until + LONGEST * (until - from);
    let now = 0;
    while ((now < until || this.#waited > 0) && now < latest) {
      now = Math.min(arrivals.at, this.#ends.key, this.#circuits?.opens ?? Number.POSITIVE_INFINITY);
      if (now === arrivals.at) this.#arrive(now);
      else if (now === this.#ends.key) this.#end(now);
      else this.#circuits?.open();
      this.#wake(now);
    }
    if (this.#waited > 0) this.#giveUp(now);
    for (const ages of Object.values(this.#ages)) ages.sort();
    const whole = workers * slots * (until - from);
    const shares = new Map([...this.#busy].map(([account, time]) => [account, time / whole]));
    return { ages: this.#ages, shares };
  }

  #isMeasured(delivery: number): boolean {
    const due = this.#due[delivery] as number;
    return due >= this.#options.from && due < this.#options.until;
  }

  #arrive(now: number): void {
    const { webhook, work } = this.#arrivals;
    const delivery = this.#due.push(now) - 1;
    this.#webhook.push(webhook);
    this.#work.push(work);
    this.#worker.push(-1);
    if (this.#isMeasured(delivery) && this.#kindOf(webhook) !== "hanging") this.#waited++;
    this.#backlog.push(webhook, delivery);
    this.#arrivals.next();
  }

  #end(now: number): void {
    const ended = this.#ends.pop();
    if (ended < 0) {
      this.#isClaiming[-1 - ended] = 0;
      this.#claim(-1 - ended, now);
      return;
    }
    const webhook = this.#webhook[ended] as number;
    const worker = this.#worker[ended] as number;
    this.#free[worker] = (this.#free[worker] as number) + 1;
    this.#backlog.release(webhook);
    if (this.#kindOf(webhook) === "hanging") this.#circuits?.failed(webhook, now);
  }

  /** As many as it has slots free. */
  #claim(worker: number, now: number): void {
    while ((this.#free[worker] as number) > 0) {
      const delivery = this.#backlog.take();
      if (delivery === -1) return;
      this.#free[worker] = (this.#free[worker] as number) - 1;
      this.#worker[delivery] = worker;
      this.#begin(delivery, now);
    }
  }

  #begin(delivery: number, now: number): void {
    const { from, until } = this.#options;
    const webhook = this.#webhook[delivery] as number;
    const kind = this.#kindOf(webhook);
    const ends = now + (this.#work[delivery] as number);
    this.#ends.push(ends, delivery);
    const account = this.#options.webhooks[webhook]?.account ?? -1;
    const within = Math.max(0, Math.min(ends, until) - Math.max(now, from));
    this.#busy.set(account, (this.#busy.get(account) ?? 0) + within);
    if (!this.#isMeasured(delivery)) return;
    if (kind !== "hanging") this.#waited--;
    this.#ages[kind].add(now - (this.#due[delivery] as number));
  }

  /** Who has a slot free begins a claim while there is something: each in turn, one at a time. */
  #wake(now: number): void {
    const { workers, claim } = this.#options;
    if (!this.#backlog.hasReady) return;
    for (let i = 0; i < workers; i++) {
      const worker = (this.#turn + i) % workers;
      if (this.#isClaiming[worker] === 1 || this.#free[worker] === 0) continue;
      this.#turn = worker + 1;
      this.#isClaiming[worker] = 1;
      this.#ends.push(now + claim, -1 - worker);
      return;
    }
  }

  /** What is not attempted by now has waited for so long at the least. */
  #giveUp(now: number): void {
    for (const [delivery, due] of this.#due.entries()) {
      const kind = this.#kindOf(this.#webhook[delivery] as number);
      if (this.#worker[delivery] === -1 && this.#isMeasured(delivery) && kind !== "hanging")
        this.#ages[kind].add(now - due);
    }
  }

  #kindOf(webhook: number): Kind {
    return this.#options.webhooks[webhook]?.kind ?? "quiet";
  }
}
