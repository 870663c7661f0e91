// Tags the checked-out commit as the Action's version: `v1.2.3`, which stays, and `v1` and `v1.2`, which move along.
// Pushes nothing.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const { version } = JSON.parse(readFileSync("packages/action/package.json", "utf8")) as { version: string };
const [, major, minor] = /^(\d+)\.(\d+)\.\d+$/.exec(version) ?? [];
if (major === undefined || Number(major) === 0)
  throw new Error(`${version} is no version to release: from 1.0.0 on.`);

const git = (...args: string[]): string => execFileSync("git", args, { encoding: "utf8" }).trim();
if (git("status", "--porcelain") !== "") throw new Error("Commit first: what is tagged is the commit.");
if (git("tag", "--list", `v${version}`) !== "")
  throw new Error(`v${version} is there already, and a release never moves.`);

git("tag", "--annotate", `v${version}`, "--message", `Heron Webhooks for GitHub Actions ${version}`);
for (const moving of [`v${major}`, `v${major}.${minor}`]) git("tag", "--force", moving, `v${version}^{}`);
console.log(
  `Tagged v${version}, v${major} and v${major}.${minor}. Now:\n  git push origin v${version} && git push --force origin v${major} v${major}.${minor}`,
);
