import { memorySuite } from "@heron-webhooks/conformance";

memorySuite("Fastify", new URL("./memory-server.ts", import.meta.url));
