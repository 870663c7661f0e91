import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest-4/config";

/**
 * The receivers on Node 20, which they promise: their own tests, and the conformance tests and attacks of the conformance package, against the built
 * packages. Vitest 5 and the workspace's tools need Node 22, so Vitest 4 runs the tests. First `pnpm build`, then, with Node 20,
 * `node node_modules/vitest-4/vitest.mjs run --config vitest.node-20.config.ts --no-isolate`.
 */
const built = (entry: string): string =>
  fileURLToPath(new URL(`packages/${entry.replace("/", "/dist/")}.js`, import.meta.url));

export default defineConfig({
  plugins: [
    {
      // The conformance package has suites for stores too, which nobody calls here.
      name: "no-sender",
      enforce: "pre",
      resolveId: (id) => (/\/sender\/src\/(store\/)?index\.ts$/.test(id) ? "\0no-sender" : undefined),
      load: (id) => (id === "\0no-sender" ? "export {}" : undefined),
    },
  ],
  resolve: {
    alias: [
      { find: /^vitest$/, replacement: "vitest-4" },
      { find: /^@heron-webhooks\/core\/testing$/, replacement: built("core/testing") },
      { find: /^@heron-webhooks\/(core|express|fastify)$/, replacement: built("$1/index") },
    ],
  },
  test: {
    include: ["packages/{core,express,fastify}/test/**/*.test.ts"],
    exclude: [
      // Need the sender.
      "packages/*/test/sender.test.ts",
      "packages/*/test/sender-types.test.ts",
      // Start processes from TypeScript, which Node 20 cannot run.
      "packages/*/test/memory.test.ts",
      "packages/express/test/default-logger.test.ts",
      "packages/express/test/no-code-generation.test.ts",
      "packages/core/test/ajv-lazy.test.ts",
    ],
    testTimeout: 60_000,
  },
});
