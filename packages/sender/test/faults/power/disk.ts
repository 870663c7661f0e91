import { writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { RecordedOperation } from "./recorder.ts";

/** What a disk keeps whole when the power goes, in bytes. */
const SECTOR = 512;

/** A file's bytes, which can be written to anywhere. */
class FileBytes {
  #room = Buffer.alloc(0);
  #size = 0;

  static copyOf(source: FileBytes): FileBytes {
    const copy = new FileBytes();
    copy.#room = Buffer.from(source.view());
    copy.#size = source.#size;
    return copy;
  }

  view(): Buffer {
    return this.#room.subarray(0, this.#size);
  }

  resize(size: number): void {
    if (size > this.#room.length) {
      const room = Buffer.alloc(Math.max(size, this.#room.length * 2));
      this.view().copy(room);
      this.#room = room;
    }
    // What is cut off and grows again is zeros.
    if (size < this.#size) this.#room.fill(0, size, this.#size);
    this.#size = size;
  }

  write(bytes: Buffer, offset: number): void {
    if (offset + bytes.length > this.#size) this.resize(offset + bytes.length);
    bytes.copy(this.#room, offset);
  }
}

interface DiskFile {
  /** What was synced. */
  readonly durable: FileBytes;
  /** What was done since, in order. */
  unsynced: RecordedOperation[];
  /** Whether its name in the folder was synced. */
  isNamed: boolean;
}

/**
 * A disk as an operating system may use it: what was synced is there, and of what was done since then any part may be.
 * Names are the folder's: a file that is new, or removed, is surely so only once the folder was synced.
 */
export class Disk {
  readonly #files = new Map<string, DiskFile>();
  /** Removed, and perhaps not yet on the disk. */
  readonly #removed = new Map<string, DiskFile>();

  apply(entry: RecordedOperation): void {
    const { kind, path } = entry;
    if (kind === "said") return;
    if (kind === "synced" && ![...this.#files.keys()].some((known) => known === path)) {
      this.#syncNames(path);
      return;
    }
    const file = this.#files.get(path) ?? { durable: new FileBytes(), unsynced: [], isNamed: false };
    if (kind === "removed") {
      this.#files.delete(path);
      if (file.isNamed) this.#removed.set(path, file);
      return;
    }
    this.#files.set(path, file);
    if (kind === "synced") {
      for (const done of file.unsynced) applyOperation(file.durable, done, () => true);
      file.unsynced = [];
    } else file.unsynced.push(entry);
  }

  /** Writes down what is on it if the power goes now; of what was not synced, what `keeps` says, sector by sector. */
  cut(folder: string, keeps: () => boolean): void {
    const names = new Map<string, DiskFile>();
    for (const [path, file] of this.#removed) if (!keeps()) names.set(path, file);
    for (const [path, file] of this.#files) if (file.isNamed || keeps()) names.set(path, file);
    for (const [path, { durable, unsynced }] of names) {
      const bytes = FileBytes.copyOf(durable);
      for (const done of unsynced) applyOperation(bytes, done, keeps);
      writeFileSync(join(folder, basename(path)), bytes.view());
    }
  }

  #syncNames(folder: string): void {
    for (const [path, file] of this.#files) if (dirname(path) === folder) file.isNamed = true;
    for (const path of this.#removed.keys()) if (dirname(path) === folder) this.#removed.delete(path);
  }
}

function applyOperation(
  into: FileBytes,
  { kind, offset, bytes }: RecordedOperation,
  keeps: () => boolean,
): void {
  if (kind === "truncated") {
    if (keeps()) into.resize(offset);
    return;
  }
  for (let at = 0; at < bytes.length; at += SECTOR)
    if (keeps()) into.write(bytes.subarray(at, at + SECTOR), offset + at);
}
