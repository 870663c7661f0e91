import { signal } from "@preact/signals";
import { formatDuration } from "../format.ts";

const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 10_000);

/** A time, as how long ago it was; the exact one when it is pointed at. */
export function RelativeTime({ at }: { readonly at: string }) {
  const ago = now.value - Date.parse(at);
  const exact = `${at} (${new Date(at).toLocaleString()})`;
  return (
    <time dateTime={at} title={exact}>
      {ago < 5000 ? "now" : `${formatDuration(ago)} ago`}
    </time>
  );
}
