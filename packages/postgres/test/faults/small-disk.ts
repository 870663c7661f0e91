import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The user of the server: PostgreSQL refuses to run as root. */
const NOBODY_UID = 65_534;
const SIZE_KB = 16_384;
const FREE_KB = 256;

/** A file system of a few megabytes, which needs the privilege to mount. */
export class SmallDisk implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), "heron-disk-"));
  readonly isMounted: boolean;

  constructor() {
    const options = `size=${SIZE_KB}k,uid=${NOBODY_UID},gid=${NOBODY_UID},mode=700`;
    this.isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", this.path]).status === 0;
  }

  /** Fills almost all of the free space. */
  fill(): void {
    const { stdout } = spawnSync("df", ["-k", "--output=avail", this.path], { encoding: "utf8" });
    const free = Number(stdout.split("\n")[1]);
    writeFileSync(join(this.path, "taken"), Buffer.alloc((free - FREE_KB) * 1024));
  }

  freeSpace(): void {
    rmSync(join(this.path, "taken"));
  }

  [Symbol.dispose](): void {
    if (this.isMounted) spawnSync("umount", ["-l", this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }
}
