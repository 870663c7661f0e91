// A small application whose customers register webhooks. PORT defaults to 3000. HERON_ENCRYPTION_KEY encrypts secrets,
// HERON_DB is the path of the file, HERON_EGRESS_LOOPBACK=1 allows webhooks to this machine. The keys of two demo
// accounts are demo_acme and demo_globex.
import { buildApp, createAppSender } from "./app.ts";

const key = process.env["HERON_ENCRYPTION_KEY"];
const sender = createAppSender({
  // Without a key, secrets are stored in plain text. Do not do this in production.
  ...(key === undefined ? {} : { encryptionKey: key }),
  // For development. It is opt-in, so that a network is never exposed by accident.
  ...(process.env["HERON_EGRESS_LOOPBACK"] === "1"
    ? { egress: { allow: ["127.0.0.0/8"], allowHttp: true } }
    : {}),
});
const app = await buildApp(sender, { log: true });
const listening = app.listen({
  port: Number(process.env["PORT"] ?? 3000),
  host: process.env["HOST"] ?? "127.0.0.1",
});
// Registered before it listens, because a test may end it at once.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void listening.then(() => app.close()));
await listening;
