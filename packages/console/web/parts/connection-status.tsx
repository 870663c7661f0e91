import { useEffect, useState } from "preact/hooks";
import { connection } from "../live.ts";

/** Whether what is shown follows what happens. */
export function ConnectionStatus() {
  const now = useCountdownNow();
  const { state, text } = describeConnection(now);
  return (
    <p class={`pill ${state}`}>
      {/* The count runs down before the eyes; it is said once. */}
      <span aria-hidden="true">{text}</span>
      <span class="visually-hidden" role="status">
        {state === "lost" ? "Connection lost, trying again" : text}
      </span>
    </p>
  );
}

/** Under a list, or over it: from when it is, while nothing is heard of what happens. */
export function StaleNotice() {
  const current = connection.value;
  if (!("since" in current)) return null;
  return (
    <p class="as-of">
      As of {formatClock(current.since)}. What happens meanwhile is fetched when the connection is back.
    </p>
  );
}

function describeConnection(now: number): { readonly state: string; readonly text: string } {
  const current = connection.value;
  if (!("since" in current))
    return { state: current.state, text: current.state === "live" ? "Live" : "Connecting" };
  if (!("againAt" in current))
    return { state: "lost", text: "Deliveries are temporarily unavailable" };
  const seconds = Math.max(0, Math.ceil((current.retryAt - now) / 1000));
  return {
    state: "lost",
    text: seconds === 0 ? "Connection lost, trying again" : `Connection lost, trying again in ${seconds} s`,
  };
}

/** The time, each second, while it is counted down. */
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

/** A time of this day, as a clock shows it. */
export function formatClock(at: number, withSeconds = true): string {
  const parts = { hour: "2-digit", minute: "2-digit" } as const;
  return new Date(at).toLocaleTimeString("en-GB", withSeconds ? { ...parts, second: "2-digit" } : parts);
}
