import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { createInputError, type InputName } from "./inputs.ts";

const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Reads a text file of the workspace.
 * @throws HeronError `option_invalid`, naming the input
 */
export function readTextFile(name: InputName, path: string): string {
  // The runner starts actions in the workspace.
  const file = resolve(path);
  // A key that is not PEM is read as a path, and must not be printed.
  const pathSuffix = name === "client-key" ? "" : `: ${path}`;
  try {
    if (statSync(file).size > MAX_FILE_BYTES)
      throw createInputError(name, `names a file of over ${MAX_FILE_BYTES / 1024} KiB`);
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : "";
    if (code === "option_invalid") throw cause;
    if (code === "ENOENT" || code === "ENOTDIR")
      throw createInputError(
        name,
        `names a file that is not there${pathSuffix}. Paths begin in the workspace, which is empty until actions/checkout has run`,
        cause,
      );
    if (code === "EISDIR") throw createInputError(name, `names a folder, not a file${pathSuffix}`, cause);
    throw createInputError(
      name,
      code === "ERR_ENCODING_INVALID_ENCODED_DATA"
        ? "names a file that is not UTF-8"
        : `names a file that cannot be read (${String(code)})`,
      cause,
    );
  }
}
