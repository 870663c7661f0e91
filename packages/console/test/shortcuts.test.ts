import { expect, test } from "vitest";
import { findTargets } from "../web/shortcuts/jump-targets.ts";
import { matchShortcut, type PendingKeys } from "../web/shortcuts/match-shortcut.ts";
import { isPrintable, SHORTCUT_GROUPS, toKeyLabels } from "../web/shortcuts/shortcuts.ts";

const KNOWN = ["g w", "g d", "w", "?", "mod+k", "Escape"];

/** Matches key presses, each with its delay after the previous one. */
function pressKeys(
  ...keyPresses: readonly (readonly [key: string, after?: number, held?: "ctrl" | "meta" | "alt"])[]
) {
  let pending: PendingKeys | null = null;
  let time = 0;
  return keyPresses.map(([key, after = 100, held]) => {
    time += after;
    const step = matchShortcut(KNOWN, pending, {
      key,
      hasCtrl: held === "ctrl",
      hasMeta: held === "meta",
      hasAlt: held === "alt",
      time,
    });
    pending = step.pending;
    return step.keys;
  });
}

test.each([
  ["one key", [["?"]], ["?"]],
  ["a sequence of two", [["g"], ["w"]], [null, "g w"]],
  ["a late second key counts as a first key", [["g"], ["w", 2000]], [null, "w"]],
  ["a wrong second key counts as a first key", [["g"], ["?"]], [null, "?"]],
  ["a repeated first key", [["g"], ["g"], ["d"]], [null, null, "g d"]],
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
  expect(pressKeys(...presses)).toEqual(expected);
});

test("each listed shortcut is unique", () => {
  const allKeys = SHORTCUT_GROUPS.flatMap(({ shortcuts }) => shortcuts.flatMap(({ keys }) => keys));
  expect(new Set(allKeys).size).toBe(allKeys.length);
});

test("only printable shortcuts can be turned off", () => {
  expect(["n", "?", "g w", "."].every(isPrintable)).toBe(true);
  expect(["Escape", "Enter", "mod+k"].some(isPrintable)).toBe(false);
});

test.each([
  ["mod+k", true, ["⌘", "K"]],
  ["mod+Enter", false, ["Ctrl", "Enter"]],
  ["g w", false, ["g", "w"]],
  ["Escape", false, ["Esc"]],
])("%s has the labels of the keyboard", (keys, isApple, parts) => {
  expect(toKeyLabels(keys, isApple)).toEqual(parts);
});

test("the jump dialog finds webhooks by name, host and id, deliveries by id, users, pages and topics", () => {
  const known = {
    webhooks: [
      { heron_id: "wbh_1", description: "Ledger", url: "https://books.example/hooks", topics: ["invoice.*"] },
      { heron_id: "wbh_2", description: "", url: "https://crm.example/", topics: ["user.made"] },
    ],
    topics: ["invoice.paid"],
    pages: [{ kind: "Page", name: "Deliveries", hint: "", to: "deliveries" }],
  };
  const to = (text: string): readonly string[] => findTargets(text, known).map((target) => target.to);
  expect(to("")).toEqual(["deliveries", "webhooks/wbh_1", "webhooks/wbh_2"]);
  expect(to("ledg")[0]).toBe("webhooks/wbh_1");
  expect(to("CRM")[0]).toBe("webhooks/wbh_2");
  expect(to("see dlv_0a-9 there")[0]).toBe("deliveries/dlv_0a-9");
  expect(to("wbh_2")).toEqual(["webhooks/wbh_2", "webhooks/wbh_2"]);
  expect(to("deliv")).toEqual(["deliveries", "users?user=deliv"]);
  expect(to("invoice.p")).toEqual(["webhooks?q=invoice.paid", "users?user=invoice.p"]);
  expect(to("a@b.example")).toEqual(["users?user=a%40b.example"]);
});
