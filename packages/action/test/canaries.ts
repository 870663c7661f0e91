import { expect } from "vitest";
import type { Given } from "./runner/inputs.ts";
import { getMaskEncodings } from "./runner/masking.ts";
import type { StepResult } from "./runner/run-step.ts";

/** Secrets of which nothing may be seen, each of what may be part of its kind, and so spelt in many ways. */
export const CANARIES: Readonly<Record<"secret" | "path" | "token" | "header" | "bearer" | "proxy", string>> =
  {
    secret: "sec_c4n4ry+/=\"&<é> 's::x##[y",
    path: "T0CANARY0/B0CANARY0/pathCanaryPathCanary24",
    token: "tok€n c4nary/+&=?#%\"'<>",
    header: "hdr c4nary: \"'&<>+/=é\\",
    bearer: "bearerC4nary.abc-def_ghi~jkl+mno/pqr==",
    proxy: "pr0xy c4nary@/:?#&%+'\"",
  };

/** What gives a canary away, in what a step showed and left, each with where it is; none if all is well. */
export function findLeaks(step: StepResult, canaries: readonly string[] = Object.values(CANARIES)): string[] {
  const { rawOutput, log, annotations, debug, summary, outputs, groups, rawFiles, filesLeft } = step;
  const said = rawOutput.split(/\r\n|\r|\n/).filter((line) => !line.startsWith("::add-mask::"));
  const seen = { said, log, annotations, debug, summary, outputs, groups, rawFiles, filesLeft };
  return Object.entries(seen).flatMap(([where, what]) => {
    const texts = findStrings(what);
    return canaries.flatMap((canary) =>
      getMaskEncodings(canary)
        .filter((encoding) => texts.some((text) => text.includes(encoding)))
        .map((encoding) => `${where} has ${encoding}`),
    );
  });
}

/** That nothing of the secrets is to be seen, and that they were masked before anything else was said. */
export function expectNoLeak(step: StepResult, canaries?: readonly string[]): void {
  expect(findLeaks(step, canaries)).toEqual([]);
  const lines = step.rawOutput.split("\n").filter((line) => line !== "");
  const masks = lines.filter((line) => line.startsWith("::add-mask::"));
  expect(masks.length).toBeGreaterThan(0);
  expect(lines.slice(0, masks.length)).toEqual(masks);
}

/** Inputs that hold a canary wherever there may be one, for a webhook and a stand-in for Slack at these origins. */
export function withCanaries(origin: string, slackOrigin: string = origin): Given {
  return {
    url: `${origin}/hook?token=${encodeURIComponent(CANARIES.token)}&wait=true`,
    secret: CANARIES.secret,
    "slack-webhook": `${slackOrigin}/services/${CANARIES.path}`,
    headers: `X-Api-Key: ${CANARIES.header}\nAuthorization: Bearer ${CANARIES.bearer}`,
    retries: 0,
  };
}

/** The inputs as a repository's secrets, which the runner masks before it shows them. */
export function findSecrets(given: Given): readonly string[] {
  const names = ["url", "secret", "slack-webhook", "headers", "client-key", "fields"];
  return names.flatMap((name) => (given[name] === undefined ? [] : [String(given[name])]));
}

function findStrings(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...findStrings(inner)]);
}
