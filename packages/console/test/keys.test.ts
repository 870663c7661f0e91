import { expect, test } from "vitest";
import { targetsFor } from "../web/keys/jump-targets.ts";
import { isCharacter, KEYS, partsOf } from "../web/keys/map.ts";
import { type Pending, stepped } from "../web/keys/match.ts";

const KNOWN = ["g w", "g d", "w", "?", "mod+k", "Escape"];

/** What keys lead to, one after the other, each with how long after the one before. */
function typed(
  ...presses: readonly (readonly [key: string, after?: number, held?: "ctrl" | "meta" | "alt"])[]
) {
  let pending: Pending | null = null;
  let at = 0;
  return presses.map(([key, after = 100, held]) => {
    at += after;
    const step = stepped(KNOWN, pending, {
      key,
      hasCtrl: held === "ctrl",
      hasMeta: held === "meta",
      hasAlt: held === "alt",
      at,
    });
    pending = step.pending;
    return step.keys;
  });
}

test.each([
  ["one key", [["?"]], ["?"]],
  ["two, one after the other", [["g"], ["w"]], [null, "g w"]],
  ["the second too late is a first", [["g"], ["w", 2000]], [null, "w"]],
  ["a wrong second is what it is alone", [["g"], ["?"]], [null, "?"]],
  ["a first twice", [["g"], ["g"], ["d"]], [null, null, "g d"]],
  ["with Ctrl", [["k", 0, "ctrl"]], ["mod+k"]],
  ["with ⌘, in capitals", [["K", 0, "meta"]], ["mod+k"]],
  [
    "what is the browser's",
    [
      ["w", 0, "ctrl"],
      ["w", 0, "alt"],
    ],
    [null, null],
  ],
] as const)("%s", (_, presses, expected) => {
  expect(typed(...presses)).toEqual(expected);
});

test("each key that is listed is of a page's own, once", () => {
  const all = KEYS.flatMap(({ entries }) => entries.flatMap(({ keys }) => keys));
  expect(new Set(all).size).toBe(all.length);
});

test("only what is typed with is turned off", () => {
  expect(["n", "?", "g w", "."].every(isCharacter)).toBe(true);
  expect(["Escape", "Enter", "mod+k"].some(isCharacter)).toBe(false);
});

test.each([
  ["mod+k", true, ["⌘", "K"]],
  ["mod+Enter", false, ["Ctrl", "Enter"]],
  ["g w", false, ["g", "w"]],
  ["Escape", false, ["Esc"]],
])("%s is written as on the keyboard", (keys, isApple, parts) => {
  expect(partsOf(keys, isApple)).toEqual(parts);
});

test("the jump box finds webhooks by name, host and id, deliveries by id, users, pages and topics", () => {
  const known = {
    webhooks: [
      { heron_id: "wbh_1", description: "Ledger", url: "https://books.example/hooks", topics: ["invoice.*"] },
      { heron_id: "wbh_2", description: "", url: "https://crm.example/", topics: ["user.made"] },
    ],
    topics: ["invoice.paid"],
    pages: [{ kind: "Page", name: "Deliveries", hint: "", to: "deliveries" }],
  };
  const to = (text: string): readonly string[] => targetsFor(text, known).map((target) => target.to);
  expect(to("")).toEqual(["deliveries", "webhooks/wbh_1", "webhooks/wbh_2"]);
  expect(to("ledg")[0]).toBe("webhooks/wbh_1");
  expect(to("CRM")[0]).toBe("webhooks/wbh_2");
  expect(to("see dlv_0a-9 there")[0]).toBe("deliveries/dlv_0a-9");
  expect(to("wbh_2")).toEqual(["webhooks/wbh_2", "webhooks/wbh_2"]);
  expect(to("deliv")).toEqual(["deliveries", "users?user=deliv"]);
  expect(to("invoice.p")).toEqual(["webhooks?q=invoice.paid", "users?user=invoice.p"]);
  expect(to("a@b.example")).toEqual(["users?user=a%40b.example"]);
});
