/**
 * The same job with `@actions/core` and Node's `fetch`, as most actions do it.
 * @module
 */
import { createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { getInput, info, setFailed, setOutput, setSecret, summary } from "@actions/core";

const { env } = process;
try {
  const url = getInput("url", { required: true });
  const secret = getInput("secret", { required: true });
  setSecret(secret);
  setSecret(url);
  const payload = JSON.parse(readFileSync(env["GITHUB_EVENT_PATH"] ?? "", "utf8"));
  const event = {
    topic: `${env["GITHUB_EVENT_NAME"]}.${payload.action ?? "pushed"}`,
    created: `${new Date().toISOString().slice(0, 19)}+00:00`,
    data: {
      title: payload.head_commit?.message.split("\n")[0],
      url: payload.compare,
      actor: env["GITHUB_ACTOR"],
      repository: env["GITHUB_REPOSITORY"],
      ref: env["GITHUB_REF_NAME"],
      sha: env["GITHUB_SHA"],
      status: getInput("status"),
    },
    meta: { source: "github_actions", run_id: env["GITHUB_RUN_ID"] },
    id: `evt_${randomBytes(15).toString("base64url")}`,
  };
  const body = JSON.stringify(event);
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "heron-signature": createHmac("sha256", secret).update(body).digest("base64"),
    },
    body,
    signal: AbortSignal.timeout(10_000),
  });
  setOutput("ok", response.ok);
  setOutput("status", response.status);
  setOutput("event", event.id);
  await summary.addRaw(`${event.topic}: ${response.status}`, true).write();
  info(`${new URL(url).host}: ${response.status}`);
  if (!response.ok) setFailed(`HTTP ${response.status}`);
} catch (error) {
  setFailed(error instanceof Error ? error : String(error));
}
