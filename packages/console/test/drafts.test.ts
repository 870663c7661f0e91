import { expect, test } from "vitest";
import { type DraftStorage, DraftStore, hasDrafts } from "../web/drafts/drafts.ts";

/** An in-memory `sessionStorage`. */
function storage(fails = false): DraftStorage & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    get length() {
      return entries.size;
    },
    key: (index) => [...entries.keys()][index] ?? null,
    getItem: (name) => entries.get(name) ?? null,
    setItem(name, value) {
      if (fails) throw new DOMException("full", "QuotaExceededError");
      entries.set(name, value);
    },
    removeItem: (name) => void entries.delete(name),
  };
}

test("a draft is restored with its time until it is discarded", () => {
  const tab = storage();
  const drafts = new DraftStore(tab, "acme");
  drafts.save("/webhooks/new", { url: "https://a.example" }, 1000);
  expect(new DraftStore(tab, "acme").restore("/webhooks/new")).toEqual({
    value: { url: "https://a.example" },
    savedAt: 1000,
  });
  expect(hasDrafts(tab)).toBe(true);
  drafts.discard("/webhooks/new");
  expect([drafts.restore("/webhooks/new"), hasDrafts(tab)]).toEqual([null, false]);
});

test("drafts are separate by path and account, whatever characters these contain", () => {
  const tab = storage();
  new DraftStore(tab, 'a","b').save("/c", 1, 0);
  expect(new DraftStore(tab, "a").restore('b","/c')).toBeNull();
  expect(new DraftStore(tab, "b").restore("/c")).toBeNull();
  expect(new DraftStore(tab, 'a","b').restore("/d")).toBeNull();
});

test("a full storage or an invalid entry acts like an empty storage", () => {
  const fullStore = new DraftStore(storage(true), "acme");
  fullStore.save("/", 1, 0);
  expect(fullStore.restore("/")).toBeNull();
  const tab = storage();
  new DraftStore(tab, "acme").save("/", 1, 0);
  for (const invalidEntry of ["{", "1", "null", '{"savedAt":1}']) {
    for (const name of [...tab.entries.keys()]) tab.entries.set(name, invalidEntry);
    expect(new DraftStore(tab, "acme").restore("/")).toBeNull();
  }
});
