import { createSender, sqliteStore } from "@heron-webhooks/sender";
import { answerWith, programOptions } from "../program.ts";
import { resident } from "./resident.ts";

/** A sender that has nothing to do. */
const { path } = programOptions<{ readonly path: string }>();
const sender = createSender({ store: sqliteStore(path) });
await sender.webhooks.list();
sender.start();

answerWith({ resident }, () => sender.close());
