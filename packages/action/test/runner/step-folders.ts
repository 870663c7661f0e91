import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
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

/** The folders and files that a runner sets up for a step, all of them in one that goes away afterwards. */
export class StepFolders implements AsyncDisposable {
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

  static async create(repository: string, workspaceFiles: WorkspaceFiles): Promise<StepFolders> {
    const root = await realpath(await mkdtemp(join(tmpdir(), "runner-")));
    const folders = new StepFolders(root, repository);
    const { workspace, files, event } = folders;
    for (const folder of [workspace, dirname(event), dirname(files.output)])
      await mkdir(folder, { recursive: true });
    for (const path of Object.values(files)) await writeFile(path, "");
    for (const [name, content] of Object.entries(workspaceFiles)) {
      const path = join(workspace, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
    return folders;
  }

  /** Writes the event's payload: bytes as they are, anything else as JSON. Then nothing new is to be there. */
  async writeEvent(event: unknown): Promise<void> {
    await writeFile(this.event, event instanceof Uint8Array ? event : JSON.stringify(event, null, 2));
    this.#before = new Set(await this.#paths());
  }

  /** The files that were not there before the step, by their path from the root. */
  async left(): Promise<Record<string, string>> {
    const left: Record<string, string> = {};
    for (const path of await this.#paths())
      if (!this.#before.has(path)) left[relative(this.root, path)] = await readFile(path, "utf8");
    return left;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true, maxRetries: 3 });
  }

  async #paths(): Promise<string[]> {
    const entries = await readdir(this.root, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  }
}

export type WorkspaceFiles = Readonly<Record<string, string | Uint8Array>>;
