// Preloaded into a program, it sets the clock of its machine on, or back: by as many milliseconds as its own URL says,
// `shifted-clock.ts?ahead=-600000`. What measures time goes on as it does.
const ahead = Number(new URL(import.meta.url).searchParams.get("ahead"));
const now = Date.now;
Date.now = () => now() + ahead;
