// Preloaded into a program, it shifts its clock by the milliseconds in its URL: `shifted-clock.ts?ahead=-600000`.
// Monotonic clocks are not affected.
const ahead = Number(new URL(import.meta.url).searchParams.get("ahead"));
const now = Date.now;
Date.now = () => now() + ahead;
