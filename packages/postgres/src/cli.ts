#!/usr/bin/env node
import { HeronError } from "@heron-webhooks/core";
import { parseArguments, USAGE } from "./import/arguments.ts";

/** The exit code of shells after SIGINT. */
const EXIT_CODE_SIGINT = 130;

// A closed pipe must not stop the import.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

async function main(args: readonly string[]): Promise<number> {
  let parsedArguments: ReturnType<typeof parseArguments>;
  try {
    parsedArguments = parseArguments(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (parsedArguments === "help") {
    process.stdout.write(USAGE);
    return 0;
  }
  // Node 22 prints a warning that SQLite is experimental.
  process.removeAllListeners("warning");
  process.once("SIGINT", () => {
    console.error("\nInterrupted. Run the same command again to continue.");
    process.exit(EXIT_CODE_SIGINT);
  });
  try {
    const { importFile } = await import("./import/import-file.ts");
    await importFile(parsedArguments, process.stdout, process.stderr);
    return 0;
  } catch (error) {
    console.error(formatError(error));
    return 1;
  }
}

function formatError(error: unknown): string {
  if (HeronError.is(error)) return error.message;
  if ((error as { readonly code?: unknown }).code === "ERR_UNKNOWN_BUILTIN_MODULE")
    return `Node ${process.versions.node} has no SQLite. Use Node 22.19 or newer.`;
  return error instanceof Error ? error.message : String(error);
}
