import { describe, test } from "vitest";
import { ageingLaws } from "./ageing-laws.ts";
import { claimLaws } from "./claim-laws.ts";
import { conditionLaws } from "./condition-laws.ts";
import { gateLaws } from "./gate-laws.ts";
import { labelLaws } from "./label-laws.ts";
import type { Law } from "./law.ts";
import { leaseLaws } from "./lease-laws.ts";
import { Opened, type OpenStore } from "./opened.ts";
import { publishLaws } from "./publish-laws.ts";
import { recordLaws } from "./record-laws.ts";

/** What every store must keep; `open` gives an empty one. */
export function storeLaws(name: string, open: OpenStore): void {
  const law: Law = (what, body, options) =>
    test(what, async () => {
      const opened = await open(options);
      try {
        await opened.store.migrate();
        await body(new Opened(opened));
      } finally {
        await opened.store.close();
        await opened.close?.();
      }
    });
  describe(`${name} keeps the laws of a store`, () => {
    describe("publish", () => publishLaws(law));
    describe("claim", () => claimLaws(law));
    describe("leases", () => leaseLaws(law));
    describe("gates", () => gateLaws(law));
    describe("records", () => recordLaws(law));
    describe("conditions", () => conditionLaws(law));
    describe("labels", () => labelLaws(law));
    describe("ageing", () => ageingLaws(law));
  });
}
