import { createSender, sqliteStore } from "@heron-webhooks/sender";
import { parseProgramOptions, serveQuestions } from "../program.ts";
import { readResident } from "./resident.ts";

/** A sender that has nothing to do. */
const { path } = parseProgramOptions<{ readonly path: string }>();
const sender = createSender({ store: sqliteStore(path) });
await sender.webhooks.list();
sender.start();

serveQuestions({ resident: readResident }, () => sender.close());
