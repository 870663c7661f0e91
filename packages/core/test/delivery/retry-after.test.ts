import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { getRetryAfterMs } from "../../src/delivery/retry-after.ts";

const NOW = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;
const getDelay = (header: string | readonly string[] | undefined, receivedAt = NOW): number | undefined =>
  getRetryAfterMs({ status: 503, headers: { "retry-after": header }, body: "", receivedAt });

describe("seconds", () => {
  test.each([
    ["0", 0],
    ["1", 1000],
    ["120", 120_000],
    ["007", 7000],
    [" 5 ", 5000],
    ["3153600000", 3_153_600_000_000],
    ["9".repeat(15), Number.MAX_SAFE_INTEGER],
    ["9".repeat(400), Number.MAX_SAFE_INTEGER],
  ])("%s", (header, after) => {
    expect(getDelay(header)).toBe(after);
  });
});

describe("a date, in any of HTTP's three forms", () => {
  test.each([
    ["IMF-fixdate", "Thu, 01 Jan 2026 12:01:00 GMT", MINUTE],
    ["RFC 850", "Thursday, 01-Jan-26 12:01:00 GMT", MINUTE],
    ["asctime", "Thu Jan  1 12:01:00 2026", MINUTE],
    ["asctime, two digits", "Sat Jan 31 12:00:00 2026", 30 * 24 * 60 * MINUTE],
    ["another month", "Tue, 31 Mar 2026 12:00:00 GMT", 89 * 24 * 60 * MINUTE],
    ["the last moment of a year", "Thu, 31 Dec 2026 23:59:59 GMT", Date.UTC(2026, 11, 31, 23, 59, 59) - NOW],
    ["a leap day", "Tue, 29 Feb 2028 12:00:00 GMT", Date.UTC(2028, 1, 29, 12) - NOW],
    ["a weekday that is wrong is not held against it", "Mon, 01 Jan 2026 12:01:00 GMT", MINUTE],
    ["now", "Thu, 01 Jan 2026 12:00:00 GMT", 0],
    ["the past", "Thu, 01 Jan 2026 11:59:59 GMT", 0],
    ["long ago", "Sun, 06 Nov 1994 08:49:37 GMT", 0],
    ["long ago, of two digits", "Sunday, 06-Nov-94 08:49:37 GMT", 0],
    ["long ago, asctime", "Sun Nov  6 08:49:37 1994", 0],
  ])("%s: %s", (_, header, after) => {
    expect(getDelay(header)).toBe(after);
  });

  test.each("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" "))("in %s", (month) => {
    const expected = Date.parse(`01 ${month} 2027 00:00:00 GMT`) - NOW;
    expect(getDelay(`Fri, 01 ${month} 2027 00:00:00 GMT`)).toBe(expected);
    expect(getDelay(`Friday, 01-${month}-27 00:00:00 GMT`)).toBe(expected);
    expect(getDelay(`Fri ${month}  1 00:00:00 2027`)).toBe(expected);
  });

  test("two digits of a year are within fifty years ahead, or in the past", () => {
    expect(getDelay("Wednesday, 01-Jan-76 12:00:00 GMT")).toBe(Date.UTC(2076, 0, 1, 12) - NOW);
    expect(getDelay("Friday, 01-Jan-77 12:00:00 GMT")).toBe(0);
    expect(getDelay("Friday, 01-Jan-27 12:00:00 GMT", Date.UTC(1999, 0))).toBe(
      Date.UTC(1927, 0) < 0 ? 0 : Number.NaN,
    );
  });

  test("every moment comes out as it went in, in each form", () => {
    const anyDate = fc.date({ min: new Date(NOW), max: new Date(Date.UTC(2075, 0)), noInvalidDate: true });
    fc.assert(
      fc.property(anyDate, (date) => {
        const whole = Math.floor(date.getTime() / 1000) * 1000;
        const fixed = date.toUTCString();
        const [, day = "", month = "", year = "", time = ""] = fixed.split(/[ ,]+/);
        const forms = [
          fixed,
          `Monday, ${day}-${month}-${year.slice(2)} ${time} GMT`,
          `Mon ${month} ${day.replace(/^0/, " ")} ${time} ${year}`,
        ];
        expect(forms.map((form) => getDelay(form))).toEqual([whole - NOW, whole - NOW, whole - NOW]);
      }),
      getRuns(500),
    );
  });
});

describe("what HTTP does not know does not ask for anything", () => {
  test.each([
    ["nothing", ""],
    ["white space", " "],
    ["a negative number", "-1"],
    ["a plus", "+1"],
    ["a fraction", "1.5"],
    ["an exponent", "1e3"],
    ["a unit", "30s"],
    ["hexadecimal", "0x10"],
    ["digits of another script", "٣"],
    ["a list", "5, 10"],
    ["words", "soon"],
    ["ISO 8601", "2026-01-01T12:01:00Z"],
    ["31 February", "Tue, 31 Feb 2026 12:00:00 GMT"],
    ["31 February, RFC 850", "Tuesday, 31-Feb-26 12:00:00 GMT"],
    ["31 February, asctime", "Tue Feb 31 12:00:00 2026"],
    ["29 February of no leap year", "Sun, 29 Feb 2026 12:00:00 GMT"],
    ["31 April", "Fri, 31 Apr 2026 12:00:00 GMT"],
    ["day 0", "Thu, 00 Jan 2026 12:00:00 GMT"],
    ["day 32", "Thu, 32 Jan 2026 12:00:00 GMT"],
    ["hour 24", "Thu, 01 Jan 2026 24:00:00 GMT"],
    ["one digit of an hour", "Thu, 01 Jan 2026 9:00:00 GMT"],
    ["minute 60", "Thu, 01 Jan 2026 12:60:00 GMT"],
    ["second 61", "Thu, 01 Jan 2026 12:00:61 GMT"],
    ["a month in full", "Thu, 01 January 2026 12:01:00 GMT"],
    ["a month in lower case", "Thu, 01 jan 2026 12:01:00 GMT"],
    ["a month that is none", "Thu, 01 Foo 2026 12:01:00 GMT"],
    ["one digit of a day", "Thu, 1 Jan 2026 12:01:00 GMT"],
    ["another zone", "Thu, 01 Jan 2026 12:01:00 CET"],
    ["an offset", "Thu, 01 Jan 2026 12:01:00 +0000"],
    ["no zone", "Thu, 01 Jan 2026 12:01:00"],
    ["no weekday", "01 Jan 2026 12:01:00 GMT"],
    ["four digits of a year in RFC 850", "Thursday, 01-Jan-2026 12:01:00 GMT"],
    ["a short weekday in RFC 850", "Thu, 01-Jan-26 12:01:00 GMT"],
    ["asctime with a zone", "Thu Jan  1 12:01:00 2026 GMT"],
    ["more behind it", "Thu, 01 Jan 2026 12:01:00 GMT x"],
    ["more before it", "x Thu, 01 Jan 2026 12:01:00 GMT"],
  ])("%s: %j", (_, header) => {
    expect(getDelay(header)).toBe(undefined);
  });

  test("no header, and an empty list", () => {
    expect(getRetryAfterMs({ status: 503, headers: {}, body: "", receivedAt: NOW })).toBe(undefined);
    expect(getDelay(undefined)).toBe(undefined);
    expect(getDelay([])).toBe(undefined);
  });
});

test("of several the first counts", () => {
  expect(getDelay(["5", "10"])).toBe(5000);
  expect(getDelay(["soon", "10"])).toBe(undefined);
});

test("whatever comes is a whole number of milliseconds from 0, or nothing", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.nat().map(String),
        fc.string({ unit: fc.constantFrom(..."0123456789- :.,GMT") }),
      ),
      (header) => {
        const after = getDelay(header);
        expect(after === undefined || (Number.isSafeInteger(after) && after >= 0)).toBe(true);
      },
    ),
    getRuns(1000),
  );
});
