import { sharedNow } from "../clock.ts";
import { heronSender } from "../heron-sender.ts";
import { answerWith, programOptions } from "../program.ts";
import { dataOf, TOPIC } from "../request.ts";
import { storeAt } from "../store-at.ts";

/** Delivers what a store holds, and has a number of quiet accounts emit an event each, all at once. */
const { origin, path, accounts } = programOptions<{
  readonly origin: string;
  readonly path: string;
  readonly accounts: number;
}>();
const names = Array.from({ length: accounts }, (_, i) => `quiet-${i}`);
const sender = heronSender(await storeAt(path));
for (const account of names)
  await sender.webhooks.create({ account, url: `${origin}/timed`, topics: [TOPIC] });
sender.start();

answerWith(
  {
    emit: () =>
      Promise.all(
        names.map((account, n) => sender.emit(TOPIC, { ...dataOf(n), at: sharedNow() }, { account })),
      ).then(() => null),
  },
  () => sender.close({ graceMs: 200 }),
);
