import { testMemory } from "@heron-webhooks/conformance";
import { versions } from "./apps.ts";

for (const version of versions.keys())
  testMemory(version, new URL("./memory-server.ts", import.meta.url), [version]);
