/** Wall-clock jumps below this are drift, and followed. */
const DRIFT = 1000;

/**
 * The time, never running backwards: when the clock is set back, time goes on from where it was, so that what is due in a
 * minute is not due tomorrow; when it is set forward again, that is made good first.
 */
export function steadyClock(
  wall: () => number,
  monotonic: () => number = () => performance.now(),
): () => number {
  let lastWall = wall();
  let lastMonotonic = monotonic();
  let ahead = 0;
  return () => {
    const now = wall();
    const passed = monotonic();
    const jump = now - lastWall - (passed - lastMonotonic);
    if (now < lastWall) ahead -= jump;
    else if (jump > DRIFT) ahead = Math.max(0, ahead - jump);
    lastWall = now;
    lastMonotonic = passed;
    return now + ahead;
  };
}
