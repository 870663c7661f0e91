import { Callers } from "../callers.ts";
import { heronSender } from "../heron-sender.ts";
import { dataOf, SECRET } from "../request.ts";
import { storeAt } from "../store-at.ts";
import { SLOTS, type Subject, type SubjectOptions } from "../subject.ts";

const HANGS = "end_user.hangs";
/** What the webhook that hangs is owed: more than it can ever have under way. */
const OWED_TO_HANGING = 200;

/** Our own: durable emit, delivery, settled. */
export async function heron({
  origin,
  path,
  account,
  webhooks = 1,
  hanging = false,
}: SubjectOptions): Promise<Subject> {
  const sender = heronSender(await storeAt(path), (count) => callers.settle(count));
  const topics = Array.from({ length: webhooks }, (_, i) => `end_user.processed${i === 0 ? "" : i}`);
  const callers = new Callers((n) => sender.emit(topics[n % webhooks] as string, dataOf(n), { account }));
  for (const topic of topics)
    await sender.webhooks.create({
      account,
      url: `${origin}/`,
      topics: [topic],
      secret: SECRET,
      // One alone may have every slot; of several each has as many as it would by default.
      ...(webhooks === 1 ? { concurrency: SLOTS } : {}),
    });
  sender.start();
  if (hanging) {
    await sender.webhooks.create({ account, url: `${origin}/hang`, topics: [HANGS] });
    for (let n = 0; n < OWED_TO_HANGING; n++) await sender.emit(HANGS, dataOf(n), { account });
  }
  return {
    emits: callers.emits,
    begin: () => callers.begin(),
    delivered: () => callers.settled,
    owed: () => callers.owed,
    stop: () => callers.stop(),
    close: () => sender.close({ graceMs: 100 }),
  };
}
