import type { HttpResponse } from "./http-response.ts";

const MONTHS: readonly string[] = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const TIME_PATTERN = "(\\d\\d):(\\d\\d):(\\d\\d)";
const MONTH_PATTERN = `(${MONTHS.join("|")})`;
/** `Sun, 06 Nov 1994 08:49:37 GMT` */
const IMF_FIXDATE = new RegExp(`^[A-Z][a-z]{2}, (\\d\\d) ${MONTH_PATTERN} (\\d{4}) ${TIME_PATTERN} GMT$`);
/** `Sunday, 06-Nov-94 08:49:37 GMT` */
const RFC_850 = new RegExp(`^[A-Z][a-z]+day, (\\d\\d)-${MONTH_PATTERN}-(\\d\\d) ${TIME_PATTERN} GMT$`);
/** `Sun Nov  6 08:49:37 1994` */
const ASCTIME = new RegExp(`^[A-Z][a-z]{2} ${MONTH_PATTERN} ([ \\d]\\d) ${TIME_PATTERN} (\\d{4})$`);

/**
 * A response's `Retry-After` in milliseconds from its receipt: seconds, or any of HTTP's three date formats. Undefined if
 * missing or malformed; 0 for a past date.
 * Source: RFC 9110, sections 10.2.3 and 5.6.7.
 */
export function getRetryAfterMs({ headers, receivedAt }: HttpResponse): number | undefined {
  const header = headers["retry-after"];
  const text = (typeof header === "string" ? header : (header?.[0] ?? "")).trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER);
  const date = parseHttpDate(text, receivedAt);
  return date === undefined ? undefined : Math.max(0, date - receivedAt);
}

/** Parses an HTTP date to milliseconds since 1970; undefined if it is malformed or not in the calendar. */
function parseHttpDate(text: string, now: number): number | undefined {
  const fixdate = IMF_FIXDATE.exec(text);
  if (fixdate !== null) return toUtcMs(fixdate[3], fixdate[2], fixdate[1], fixdate.slice(4));
  const asctime = ASCTIME.exec(text);
  if (asctime !== null) return toUtcMs(asctime[6], asctime[1], asctime[2], asctime.slice(3, 6));
  const rfc850 = RFC_850.exec(text);
  if (rfc850 === null) return undefined;
  const century = Math.floor(new Date(now).getUTCFullYear() / 100) * 100;
  const year = century + Number(rfc850[3]);
  // A two-digit year more than 50 years ahead belongs to the previous century.
  const fullYear = year > new Date(now).getUTCFullYear() + 50 ? year - 100 : year;
  return toUtcMs(String(fullYear), rfc850[2], rfc850[1], rfc850.slice(4));
}

function toUtcMs(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  time: readonly string[],
): number | undefined {
  const [hours, minutes, seconds] = time.map(Number) as [number, number, number];
  const date = new Date(0);
  date.setUTCFullYear(Number(year), MONTHS.indexOf(month ?? ""), Number(day));
  date.setUTCHours(hours, minutes, seconds);
  // An overflow, such as 31 February, gives another day.
  const isSameTime =
    date.getUTCDate() === Number(day) && date.getUTCHours() === hours && date.getUTCMinutes() === minutes;
  return isSameTime ? date.getTime() : undefined;
}
