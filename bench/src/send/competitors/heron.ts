import { Callers } from "../callers.ts";
import { CONCURRENCY, type DeliveryProgram, type DeliveryProgramOptions } from "../delivery-program.ts";
import { createHeronSender } from "../heron-sender.ts";
import { createData, SECRET } from "../request.ts";
import { openStoreAt } from "../store-at.ts";

const HANGING_PATH = "end_user.hangs";
/** The pending deliveries of the hanging webhook: more than its concurrency. */
const HANGING_PENDING = 200;

/** Heron: durable emit, delivery, recorded completion. */
export async function createHeronProgram({
  origin,
  path,
  account,
  webhooks = 1,
  hasHangingWebhook = false,
}: DeliveryProgramOptions): Promise<DeliveryProgram> {
  const sender = createHeronSender(await openStoreAt(path), (count) => callers.complete(count));
  const topics = Array.from({ length: webhooks }, (_, i) => `end_user.processed${i === 0 ? "" : i}`);
  const callers = new Callers((n) => sender.emit(topics[n % webhooks] as string, createData(n), { account }));
  for (const topic of topics)
    await sender.webhooks.create({
      account,
      url: `${origin}/`,
      topics: [topic],
      secret: SECRET,
      // A single webhook may use all slots; several have the default concurrency.
      ...(webhooks === 1 ? { concurrency: CONCURRENCY } : {}),
    });
  sender.start();
  if (hasHangingWebhook) {
    await sender.webhooks.create({ account, url: `${origin}/hang`, topics: [HANGING_PATH] });
    for (let n = 0; n < HANGING_PENDING; n++) await sender.emit(HANGING_PATH, createData(n), { account });
  }
  return {
    emits: callers.emits,
    start: () => callers.start(),
    delivered: () => callers.completed,
    countPending: () => callers.pending,
    stop: () => callers.stop(),
    close: () => sender.close({ timeout: 100 }),
  };
}
