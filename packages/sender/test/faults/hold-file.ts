// Opens a file, emits an event now and then, and closes it on a command on standard input.
import { once } from "node:events";
import { writeSync } from "node:fs";
import { createSender, sqliteStore } from "../../src/index.ts";
import { silentLogger } from "../create-test-sender.ts";

const sender = createSender({
  store: sqliteStore(process.argv[2] ?? ""),
  logger: silentLogger,
});
for (;;) {
  await sender.emit("a.b", null);
  writeSync(1, "emitted\n");
  const [line] = (await once(process.stdin, "data")) as [Buffer];
  if (line.toString() !== "emit\n") break;
}
await sender.close();
process.exit();
