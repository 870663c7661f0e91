import dns, { Resolver } from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { onTestFinished } from "vitest";
import type { NameServer } from "./name-server.ts";

// The import is replaced with the rest.
const SystemResolver = Resolver;

/** Until the test ends, each resolver of this process asks this name server instead of the system's. */
export function useNameServer({ address }: NameServer): void {
  const use = (resolver: typeof Resolver): void => {
    Object.assign(dns, { Resolver: resolver });
    syncBuiltinESMExports();
  };
  onTestFinished(() => use(SystemResolver));
  use(
    class extends SystemResolver {
      constructor(options?: dns.ResolverOptions) {
        super(options);
        this.setServers([address]);
      }
    },
  );
}
