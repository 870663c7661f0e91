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

/** A delivery: one event to one webhook. */
export interface Delivery extends DeliveryRecord {
  /** What a pending delivery waits for; null if it is not pending. */
  readonly waitingFor: DeliveryWait | null;
}

/** The deliveries of a sender. */
export interface SenderDeliveries {
  /**
   * Returns a delivery with its attempts and its event's JSON.
   * @throws HeronError `delivery_not_found`
   */
  get(id: string): Promise<DeliveryDetails & { readonly delivery: Delivery }>;
  /** Newest first. A page may be short or empty without being the last; the last has a `nextCursor` of null. */
  list(filter?: DeliveryFilter, page?: PageRequest): Promise<Page<Delivery>>;
  /**
   * Statistics by publish time: counts the newest deliveries, at most 20,000.
   * @throws HeronError `option_invalid`
   */
  stats(filter: StatsFilter): Promise<DeliveryStats>;
  /**
   * Makes a dead or delivered delivery pending and due.
   * @throws HeronError `delivery_not_found` if it does not exist or is pending
   */
  retry(id: string): Promise<void>;
}

const STATES: readonly DeliveryState[] = ["pending", "delivered", "dead"];

export interface DeliveriesContext {
  readonly store: Store;
  readonly now: () => number;
  readonly notifyDispatcher: () => void;
}

/** With `account`, limited to its deliveries; without, all accounts. */
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
          `There is no delivered or dead delivery ${JSON.stringify(id)}. It does not exist, or is pending.`,
        );
      notifyDispatcher();
    },
  };
}
