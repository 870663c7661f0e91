import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An action in a folder of its own, made of a script. */
export interface ScriptAction extends AsyncDisposable {
  readonly folder: string;
}

/** Makes an action of an ES module's source; `inputs` is the YAML that stands under `inputs:`. */
export async function scriptAction(source: string, inputs: string = "{}"): Promise<ScriptAction> {
  const folder = await mkdtemp(join(tmpdir(), "action-"));
  const block = inputs.replace(/^/gm, "  ");
  const manifest = `name: Script\ninputs:\n${block}\nruns:\n  using: node24\n  main: main.mjs\n`;
  await writeFile(join(folder, "action.yml"), manifest);
  await writeFile(join(folder, "main.mjs"), source);
  return {
    folder,
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}
