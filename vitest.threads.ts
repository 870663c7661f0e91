/**
 * For projects whose tests start many threads. Where the processor protects pages of code by keys, V8 may end a process whose
 * threads run WebAssembly, as Node does to strip types: "Check failed: jit_page.has_value()". It was seen here once, in the
 * middle of a run; others report that it does not come without the keys. See nodejs/node#64500.
 */
export const execArgv: string[] = ["--no-memory-protection-keys"];
