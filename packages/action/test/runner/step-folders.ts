import { randomUUID } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { type FileCommand, fileCommands } from "./files.ts";

const prefixes: Readonly<Record<FileCommand, string>> = {
  path: "add_path_",
  env: "set_env_",
  step_summary: "step_summary_",
  state: "save_state_",
  output: "set_output_",
};

/**
 * The folders and files that a runner sets up for a step, all of them in one that goes away afterwards. Synchronous, since
 * small files cost several times as much CPU by way of libuv's threads.
 */
export class StepFolders implements Disposable {
  readonly root: string;
  readonly workspace: string;
  readonly temp: string;
  readonly event: string;
  readonly files: Readonly<Record<FileCommand, string>>;
  #before: ReadonlySet<string> = new Set();

  private constructor(root: string, repository: string) {
    this.root = root;
    this.workspace = join(root, "work", repository, repository);
    this.temp = join(root, "work", "_temp");
    this.event = join(this.temp, "_github_workflow", "event.json");
    const id = randomUUID();
    const path = (command: FileCommand): string =>
      join(this.temp, "_runner_file_commands", prefixes[command] + id);
    this.files = Object.fromEntries(fileCommands.map((command) => [command, path(command)])) as Record<
      FileCommand,
      string
    >;
  }

  static create(repository: string, workspaceFiles: WorkspaceFiles): StepFolders {
    const root = realpathSync(mkdtempSync(join(tmpdir(), "runner-")));
    const folders = new StepFolders(root, repository);
    const { workspace, files, event } = folders;
    for (const folder of [workspace, dirname(event), dirname(files.output)])
      mkdirSync(folder, { recursive: true });
    for (const path of Object.values(files)) writeFileSync(path, "");
    for (const [name, content] of Object.entries(workspaceFiles)) {
      const path = join(workspace, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    return folders;
  }

  /** Writes the event's payload: bytes as they are, anything else as JSON. Then nothing new is to be there. */
  writeEvent(event: unknown): void {
    writeFileSync(this.event, event instanceof Uint8Array ? event : JSON.stringify(event, null, 2));
    this.#before = new Set(this.#paths());
  }

  /** The files that were not there before the step, by their path from the root. */
  left(): Record<string, string> {
    const left: Record<string, string> = {};
    for (const path of this.#paths())
      if (!this.#before.has(path)) left[relative(this.root, path)] = readFileSync(path, "utf8");
    return left;
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }

  #paths(): string[] {
    const entries = readdirSync(this.root, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  }
}

export type WorkspaceFiles = Readonly<Record<string, string | Uint8Array>>;
