import { HeronError } from "@heron-webhooks/core";
import type {
  DeliveryDetails,
  DeliveryFilter,
  DeliveryRecord,
  DeliveryState,
  Page,
  PageRequest,
  Store,
} from "@heron-webhooks/engine";
import { assertKnownKeys, assertOptionalString, assertPageRequest } from "@heron-webhooks/engine";
import { assertAccount } from "../accounts.ts";
import type { DeliveryStats } from "./delivery-stats.ts";
import { computeDeliveryStats, type StatsFilter } from "./stats.ts";
import { type DeliveryWait, toDeliveryWait, type WebhookState } from "./wait.ts";

/** A delivery: one event owed to one webhook. */
export interface Delivery extends DeliveryRecord {
  /** What a pending one waits for; null if it is settled. */
  readonly waitingFor: DeliveryWait | null;
}

/** What became of events. */
export interface SenderDeliveries {
  /** With every attempt, and its event's JSON. @throws HeronError `delivery_not_found` */
  get(id: string): Promise<DeliveryDetails & { readonly delivery: Delivery }>;
  /** The newest first. A page may be short, or empty, and not be the last: that is where `next` is null. */
  list(filter?: DeliveryFilter, page?: PageRequest): Promise<Page<Delivery>>;
  /**
   * How it went, by when events were published: reads the newest deliveries, 20,000 at the most, and counts them.
   * @throws HeronError `option_invalid`
   */
  stats(filter: StatsFilter): Promise<DeliveryStats>;
  /**
   * Makes a settled delivery pending and due: a dead one once more, a delivered one again.
   * @throws HeronError `delivery_not_found` if it is not there, or pending
   */
  retry(id: string): Promise<void>;
}

const STATES: readonly DeliveryState[] = ["pending", "delivered", "dead"];

export interface DeliveriesContext {
  readonly store: Store;
  readonly now: () => number;
  readonly notifyDispatcher: () => void;
}

/** With `account`, no other's deliveries are found; left out, everybody's are. */
export function createSenderDeliveries(
  { store, now, notifyDispatcher }: DeliveriesContext,
  account?: string,
): SenderDeliveries {
  const findDelivery = async (id: string): ReturnType<Store["deliveries"]["get"]> => {
    const found = typeof id === "string" ? await store.deliveries.get(id) : null;
    return account === undefined || found?.delivery.account === account ? found : null;
  };
  const getWebhookState = async (webhook: string): Promise<WebhookState> => {
    const [record, pauses] = await Promise.all([store.webhooks.get(webhook), store.webhooks.pauses(webhook)]);
    return { enabled: record?.enabled ?? false, pauses };
  };
  return {
    async get(id) {
      const found = await findDelivery(id);
      if (found === null)
        throw new HeronError("delivery_not_found", `There is no delivery ${JSON.stringify(id)}.`);
      const { delivery } = found;
      const waitingFor =
        delivery.state === "pending"
          ? toDeliveryWait(delivery, await getWebhookState(delivery.webhook))
          : null;
      return { ...found, delivery: { ...delivery, waitingFor } };
    },
    async list(filter = {}, page = {}) {
      assertKnownKeys("deliveries.list", filter, { account: true, webhook: true, state: true });
      assertPageRequest("deliveries.list", page);
      if (filter.account !== undefined) assertAccount(filter.account);
      assertOptionalString("webhook", filter.webhook);
      if (filter.state !== undefined && !STATES.includes(filter.state))
        throw new HeronError("option_invalid", `state must be one of ${STATES.join(", ")}.`);
      const { data, nextCursor } = await store.deliveries.list(filter, page);
      const webhooks = new Set(data.filter(({ state }) => state === "pending").map(({ webhook }) => webhook));
      const states = new Map<string, WebhookState>();
      await Promise.all([...webhooks].map(async (id) => states.set(id, await getWebhookState(id))));
      return {
        data: data.map((delivery) => {
          const state = states.get(delivery.webhook);
          const isPending = delivery.state === "pending" && state !== undefined;
          return { ...delivery, waitingFor: isPending ? toDeliveryWait(delivery, state) : null };
        }),
        nextCursor,
      };
    },
    async stats(filter) {
      assertKnownKeys("deliveries.stats", filter, { account: true, webhook: true, since: true });
      if (filter.account !== undefined) assertAccount(filter.account);
      assertOptionalString("webhook", filter.webhook);
      return computeDeliveryStats(store, filter, now());
    },
    async retry(id) {
      if ((await findDelivery(id)) === null || !(await store.deliveries.retry(id)))
        throw new HeronError(
          "delivery_not_found",
          `There is no settled delivery ${JSON.stringify(id)}: it is not there, or pending already.`,
        );
      notifyDispatcher();
    },
  };
}
