// A small application whose customers register webhooks. PORT is 3000 unless set; HERON_ENCRYPTION_KEY seals secrets,
// HERON_DB names the file, HERON_EGRESS_LOOPBACK=1 lets webhooks go to this machine. Keys of two demo accounts: demo_acme,
// demo_globex.
import { buildApp, senderFor } from "./app.ts";

const key = process.env["HERON_ENCRYPTION_KEY"];
const sender = senderFor({
  // Without a key secrets are kept as they are, which production should not do.
  ...(key === undefined ? {} : { encryptionKey: key }),
  // For trying it out. It has to be asked for, since whoever forgets something must not open their own network.
  ...(process.env["HERON_EGRESS_LOOPBACK"] === "1"
    ? { egress: { allow: ["127.0.0.0/8"], allowHttp: true } }
    : {}),
});
const app = await buildApp(sender, { log: true });
const listening = app.listen({
  port: Number(process.env["PORT"] ?? 3000),
  host: process.env["HOST"] ?? "127.0.0.1",
});
// Before it says that it listens: whoever waits for that may end it at once.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void listening.then(() => app.close()));
await listening;
