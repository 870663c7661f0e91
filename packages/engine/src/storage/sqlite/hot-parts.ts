import type { Hot } from "../../queue/hot.ts";
import type { Lanes } from "../../queue/lanes.ts";
import type { FileThread } from "./thread.ts";

/** What is about to be delivered, in memory, and the thread with the file that it stands behind. */
export interface HotParts {
  readonly thread: FileThread;
  readonly hot: Hot;
  readonly lanes: Lanes;
  readonly now: () => number;
}
