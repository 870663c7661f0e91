import { describe } from "vitest";
import type { AdapterUnderTest } from "../types.ts";
import { closeLaws } from "./close-laws.ts";
import { handlerLaws } from "./handler-laws.ts";
import { logLaws } from "./log-laws.ts";
import { onceLaws } from "./once-laws.ts";
import { optionLaws } from "./option-laws.ts";
import { refusalLaws } from "./refusal-laws.ts";
import { secretLaws } from "./secret-laws.ts";
import { throwLaws } from "./throw-laws.ts";

/** What every adapter must keep, asked over real HTTP on loopback. */
export function adapterLaws(name: string, adapter: AdapterUnderTest): void {
  describe(`${name} keeps the laws of an adapter`, () => {
    describe("what is handled", () => handlerLaws(adapter));
    describe("what a handler throws", () => throwLaws(adapter));
    describe("what is refused", () => refusalLaws(adapter));
    describe("secrets", () => secretLaws(adapter));
    describe("options", () => optionLaws(adapter));
    describe("once", () => onceLaws(adapter));
    describe("closing", () => closeLaws(adapter));
    describe("the log", () => logLaws(adapter));
  });
}
