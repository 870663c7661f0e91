/**
 * The action's main job without any library, for comparison.
 * @module
 */
import { createHmac, randomBytes } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";

const { env } = process;
const { INPUT_URL: target = "", INPUT_SECRET: secret = "", INPUT_STATUS: status } = env;
process.stdout.write(`::add-mask::${secret}\n::add-mask::${target}\n`);

const payload = JSON.parse(readFileSync(env["GITHUB_EVENT_PATH"] ?? "", "utf8"));
const repository = env["GITHUB_REPOSITORY"];
const runUrl = `${env["GITHUB_SERVER_URL"]}/${repository}/actions/runs/${env["GITHUB_RUN_ID"]}`;
const event = {
  topic: `${env["GITHUB_EVENT_NAME"]}.${payload.action ?? "pushed"}`,
  created: `${new Date().toISOString().slice(0, 19)}+00:00`,
  data: {
    title: payload.head_commit?.message.split("\n")[0],
    url: payload.compare,
    author: payload.head_commit?.author.name,
    commits: payload.commits?.length,
    actor: env["GITHUB_ACTOR"],
    repository,
    ref: env["GITHUB_REF_NAME"],
    sha: env["GITHUB_SHA"],
    workflow: env["GITHUB_WORKFLOW"],
    job: env["GITHUB_JOB"],
    status,
    run_url: runUrl,
  },
  meta: {
    source: "github_actions",
    repository,
    workflow: env["GITHUB_WORKFLOW"],
    job: env["GITHUB_JOB"],
    run_id: env["GITHUB_RUN_ID"],
    run_attempt: env["GITHUB_RUN_ATTEMPT"],
    run_url: runUrl,
  },
  id: `evt_${randomBytes(15).toString("base64url")}`,
};
const body = Buffer.from(JSON.stringify(event), "utf8");
const url = new URL(target);
// Load only the needed module, as the action does.
const { request } = url.protocol === "https:" ? await import("node:https") : await import("node:http");

const answer = await new Promise<number>((resolve, reject) => {
  const sent = request(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "content-length": body.byteLength,
      "heron-signature": createHmac("sha256", secret).update(body).digest("base64"),
      "user-agent": "by-hand",
    },
    signal: AbortSignal.timeout(10_000),
  });
  sent.on("error", reject);
  sent.on("response", (response) => {
    response.resume();
    response.on("end", () => resolve(response.statusCode ?? 0));
  });
  sent.end(body);
});

const ok = answer >= 200 && answer < 300;
appendFileSync(env["GITHUB_OUTPUT"] ?? "", `ok=${ok}\nstatus=${answer}\nevent=${event.id}\n`);
appendFileSync(env["GITHUB_STEP_SUMMARY"] ?? "", `${ok ? "✅" : "❌"} \`${event.topic}\` ${url.host}\n`);
console.log(`${url.host}: ${answer}`);
process.exitCode = ok ? 0 : 1;
