import { availableParallelism, cpus } from "node:os";

/** Describes the machine of the measurement. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  return `Node ${process.version}, ${availableParallelism()} cores (${model}), ${new Date().toISOString().slice(0, 16)}Z`;
}
