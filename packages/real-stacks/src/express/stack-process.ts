import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Arrival } from "../recorder.ts";
import { deliver } from "../requests.ts";
import type { OpenStack } from "../suite.ts";
import type { ExpressCase } from "./application.ts";
import type { ExpressVersion } from "./positions.ts";
import type { Order } from "./stack-server.ts";

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Express in its own process, with preloaded modules. */
export class StackProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #ids = 0;

  constructor(
    version: ExpressVersion,
    { execArgv, env = {} }: { readonly execArgv: readonly string[]; readonly env?: NodeJS.ProcessEnv },
  ) {
    const program = fileURLToPath(new URL("./stack-server.ts", import.meta.url));
    this.#child = fork(program, [version], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      execArgv: [...execArgv],
      env: { ...process.env, ...env },
    });
    this.#child.on("message", ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
      if (error === undefined) this.#waiting.get(id)?.resolve(result);
      else this.#waiting.get(id)?.reject(new Error(error));
      this.#waiting.delete(id);
    });
    this.#child.on("exit", (code) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`the stack's process ended with ${code}`));
    });
  }

  /** Whether a preloaded module wraps middleware. Otherwise the tests prove nothing. */
  isInstrumented(): Promise<unknown> {
    return this.#ask({ do: "is it instrumented" });
  }

  async open({ name }: ExpressCase): Promise<OpenStack> {
    const port = (await this.#ask({ do: "open", name })) as number;
    return {
      send: (request) => deliver(port, request),
      arrivals: () => this.#ask({ do: "arrivals", name }) as Promise<readonly Arrival[]>,
      close: async () => {
        await this.#ask({ do: "close", name });
      },
    };
  }

  async close(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }

  #ask(order: Order): Promise<unknown> {
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, order }, (error) => {
        if (error === null || !this.#waiting.delete(id)) return;
        reject(
          new Error("The stack's process has ended; see its standard error.", {
            cause: error,
          }),
        );
      });
    });
  }
}
