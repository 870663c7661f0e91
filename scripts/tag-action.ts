// Tags the checked-out commit with the Action's version: `v1.2.3` once, and `v1` and `v1.2`, which move unless a later
// version of their line has been released. Does not push.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const { version } = JSON.parse(readFileSync("packages/action/package.json", "utf8")) as { version: string };
const released = /^(\d+)\.(\d+)\.(\d+)$/.exec(version)?.slice(1).map(Number);
if (released === undefined || released[0] === 0)
  throw new Error(`${version} cannot be tagged. The Action is tagged from 1.0.0 on.`);

const git = (...args: string[]): string => execFileSync("git", args, { encoding: "utf8" }).trim();
if (git("status", "--porcelain") !== "")
  throw new Error("The work tree has changes, and a tag marks a commit. Commit them first.");
if (git("tag", "--list", `v${version}`) !== "")
  throw new Error(`v${version} exists already, and a release tag never moves. Raise the version first.`);

const moving = [1, 2].map((parts) => `v${released.slice(0, parts).join(".")}`).filter(isLatestOf);
git("tag", "--annotate", `v${version}`, "--message", `Heron Webhooks for GitHub Actions ${version}`);
for (const tag of moving) git("tag", "--force", tag, `v${version}^{}`);
console.log(`Tagged ${[`v${version}`, ...moving].join(", ")}. Now:
  git push origin v${version}${moving.length === 0 ? "" : ` && git push --force origin ${moving.join(" ")}`}`);

/** Whether no later version of the same line has been tagged. */
function isLatestOf(tag: string): boolean {
  const others = git("tag", "--list", `${tag}.*`).split("\n");
  return !others.some((other) => {
    const parts = /^v(\d+)\.(\d+)\.(\d+)$/.exec(other)?.slice(1).map(Number) ?? [0, 0, 0];
    const differing = parts.findIndex((part, i) => part !== released?.[i]);
    return differing !== -1 && (parts[differing] ?? 0) > (released?.[differing] ?? 0);
  });
}
