import { signal } from "@preact/signals";
import { formatDuration } from "../format.ts";

const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 10_000);

/** A time in the past, as "5 minutes ago", with the exact time as tooltip. */
export function RelativeTime({ at }: { readonly at: string }) {
  const ago = now.value - Date.parse(at);
  const exact = `${at} (${new Date(at).toLocaleString()})`;
  return (
    <time dateTime={at} title={exact}>
      {ago < 5000 ? "now" : `${formatDuration(ago)} ago`}
    </time>
  );
}

/** The time since a moment, as "5 minutes", with the exact moment as tooltip. */
export function ElapsedTime({ since }: { readonly since: string }) {
  return (
    <time dateTime={since} title={`${since} (${new Date(since).toLocaleString()})`}>
      {formatDuration(now.value - Date.parse(since))}
    </time>
  );
}
