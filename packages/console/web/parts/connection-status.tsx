import { useEffect, useState } from "preact/hooks";
import { connection } from "../live.ts";

export function ConnectionStatus() {
  const now = useCountdownNow();
  const { state, text } = describeConnection(now);
  return (
    <p class={`connection ${state}`}>
      {/* Screen readers do not get the countdown. */}
      <span aria-hidden="true">{text}</span>
      <span class="visually-hidden" role="status">
        {state === "lost" ? "Connection lost. Reconnecting…" : text}
      </span>
    </p>
  );
}

/** Shows the age of the data while the connection is lost. */
export function StaleNotice() {
  const current = connection.value;
  if (!("since" in current)) return null;
  return <p class="as-of">Last updated {formatClock(current.since)}. Updates resume after reconnecting.</p>;
}

function describeConnection(now: number): { readonly state: string; readonly text: string } {
  const current = connection.value;
  if (!("since" in current))
    return { state: current.state, text: current.state === "live" ? "Live" : "Connecting" };
  if (!("retryAt" in current)) return { state: "lost", text: "Deliveries are temporarily unavailable" };
  const seconds = Math.max(0, Math.ceil((current.retryAt - now) / 1000));
  return {
    state: "lost",
    text: seconds === 0 ? "Connection lost. Reconnecting…" : `Connection lost. Reconnecting in ${seconds} s`,
  };
}

/** The current time, updated every second while the connection is lost. */
function useCountdownNow(): number {
  const [now, setNow] = useState(Date.now());
  const isLost = connection.value.state === "lost";
  useEffect(() => {
    if (!isLost) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isLost]);
  return now;
}

/** A time of day. */
export function formatClock(at: number, withSeconds = true): string {
  const parts = { hour: "2-digit", minute: "2-digit" } as const;
  return new Date(at).toLocaleTimeString("en-GB", withSeconds ? { ...parts, second: "2-digit" } : parts);
}
