import { testMemory } from "@heron-webhooks/conformance";

testMemory("Fastify", new URL("./memory-server.ts", import.meta.url));
