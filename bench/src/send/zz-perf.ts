import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { startProgram } from "./program.ts";
import { startSink } from "./sink-process.ts";
import type { Figures } from "./subject.ts";

const folder = mkdtempSync(join(tmpdir(), "zz-"));
const threads = (pid: number): Map<string, number> => {
  const out = new Map<string, number>();
  for (const tid of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, "utf8");
    const comm = /\((.*)\)/.exec(stat)?.[1] ?? "";
    const f = stat.split(") ").at(-1)!.split(" ");
    const key = `${comm}${comm === "node" || comm === "MainThread" ? (tid === String(pid) ? "-main" : "") : ""}`;
    out.set(`${tid} ${key}`, Number(f[11]) + Number(f[12]));
  }
  return out;
};
const sink = await startSink();
const kinds = (process.argv[2] ?? "limit,heron").split(",") as ("limit" | "heron")[];
const secs = Number(process.argv[3] ?? 6);
const rounds = Number(process.argv[4] ?? 2);
const programs = await Promise.all(kinds.map((kind, i) => startProgram(kind.includes(":") ? `${kind.split(":")[1]}/bench/src/send/subjects/subject-program.ts` : new URL("./subjects/subject-program.ts", import.meta.url), { kind: kind.split(":")[0], origin: sink.origin, path: join(folder, `${i}.db`) }, { execArgv: process.env["PROF"] ? ["--cpu-prof", "--cpu-prof-dir=/tmp/prof"] : [] })));
const rates: number[][] = kinds.map(() => []);
for (let r = 0; r <= rounds; r++)
  for (const [i, kind] of kinds.entries()) {
    const program = programs[i]!;
    await program.ask("forget");
    await program.ask("begin");
    await after(200);
    const t0 = threads(program.pid!), s0 = threads(sink.pid!);
    const a = await program.ask<Figures>("look");
    await after(r === 0 ? 2000 : secs * 1000);
    const b = await program.ask<Figures>("look");
    const t1 = threads(program.pid!), s1 = threads(sink.pid!);
    await program.ask("pause");
    if (r === 0) continue;
    const n = b.delivered - a.delivered;
    const rate = n / ((b.at - a.at) / 1000);
    rates[i]!.push(rate);
    const per = [...t1].map(([k, v]) => [k.replace(/^\d+ /, ""), ((v - (t0.get(k) ?? 0)) * 1e4) / n] as const).filter(([, v]) => v > 0.3).map(([k, v]) => `${k} ${v.toFixed(1)}`).join(", ");
    const sk = [...s1].reduce((x, [k, v]) => x + v - (s0.get(k) ?? 0), 0) * 1e4 / n;
    console.log(kind.padEnd(6), rate.toFixed(0).padStart(6), "/s  us:", per, "| sink", sk.toFixed(1), "| loop p99", b.loopDelay.p99.toFixed(1), b.emits ? `emit p50 ${b.emits.p50.toFixed(1)} p99 ${b.emits.p99.toFixed(1)} max ${b.emits.most.toFixed(1)}` : "");
  }
const med = (x: number[]): number => [...x].sort((p, q) => p - q)[Math.floor(x.length / 2)]!;
for (const [i, kind] of kinds.entries()) if (i > 0) console.log(`${kind}/${kinds[0]}`, (med(rates[i]!) / med(rates[0]!)).toFixed(3));
for (const p of programs) await p.stop();
await sink.stop();
rmSync(folder, { recursive: true, force: true });
