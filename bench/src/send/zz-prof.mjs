import { readFileSync, readdirSync } from "node:fs";
for (const f of readdirSync("/tmp/prof")) {
  const p = JSON.parse(readFileSync(`/tmp/prof/${f}`, "utf8"));
  const byId = new Map(p.nodes.map((n) => [n.id, n]));
  const self = new Map(); let total = 0;
  for (let i = 0; i < p.samples.length; i++) {
    const n = byId.get(p.samples[i]); const dt = p.timeDeltas[i];
    const { functionName, url, lineNumber } = n.callFrame;
    const key = `${functionName || "(anon)"} ${url.split("/").slice(-3).join("/")}:${lineNumber + 1}`;
    self.set(key, (self.get(key) ?? 0) + dt); total += dt;
  }
  const idle = self.get("(idle) :0") ?? 0;
  console.log(f, "busy ms", (total - idle) / 1000);
  for (const [k, v] of [...self].sort((a, b) => b[1] - a[1]).slice(0, 50)) console.log(((v / (total - idle)) * 100).toFixed(1).padStart(5), k);
}
