import { getSharedNow } from "../clock.ts";
import { createHeronSender } from "../heron-sender.ts";
import { parseProgramOptions, serveQuestions } from "../program.ts";
import { createData, TOPIC } from "../request.ts";
import { openStoreAt } from "../store-at.ts";

/** Delivers the pending deliveries of a store. On request, each quiet account emits one event, all at once. */
const { origin, path, accounts } = parseProgramOptions<{
  readonly origin: string;
  readonly path: string;
  readonly accounts: number;
}>();
const names = Array.from({ length: accounts }, (_, i) => `quiet-${i}`);
const sender = createHeronSender(await openStoreAt(path));
for (const account of names)
  await sender.webhooks.create({ account, url: `${origin}/timed`, topics: [TOPIC] });
sender.start();

serveQuestions(
  {
    emit: () =>
      Promise.all(
        names.map((account, n) => sender.emit(TOPIC, { ...createData(n), at: getSharedNow() }, { account })),
      ).then(() => null),
  },
  () => sender.close({ timeout: 200 }),
);
