import { AxeBuilder } from "@axe-core/playwright";

type AxeResults = Awaited<ReturnType<AxeBuilder["analyze"]>>;

import { selectCount } from "@heron-webhooks/conformance/runs";
import { expect, test } from "vitest";
import { BrowserHarness } from "./browser-harness.ts";
import type { ConsolePage } from "./console-page.ts";
import { createDemoData, type DemoIds, PAGES } from "./demo-data.ts";
import { apiErrorPattern } from "./faults.ts";
import { UI_TEXTS } from "./ui-texts.ts";

const harness = BrowserHarness.create();

const SCHEMES = ["light", "dark"] as const;
/** Pages checked in dark mode; long runs check all. */
const DARK_MODE_PAGES = ["overview", "webhook", "recover a webhook"];

/** Colour schemes to check for a page or dialog. */
const getSchemes = (name: string): readonly (typeof SCHEMES)[number][] =>
  SCHEMES.slice(0, DARK_MODE_PAGES.includes(name) ? 2 : selectCount(1, 2));

const WIDTHS = [320, 768, 1280] as const;

/** Horizontal overflow in pixels, and the elements that cause it. */
const FIND_OVERFLOWING_ELEMENTS = `(() => {
  const wide = document.documentElement.clientWidth;
  const over = document.documentElement.scrollWidth - wide;
  if (over <= 0) return "";
  const who = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > wide + 1);
  return over + " px: " + who.slice(0, 5).map((one) => one.tagName + "." + one.className).join(", ");
})()`;

async function inUse(): Promise<{ readonly ann: ConsolePage; readonly demo: DemoIds }> {
  const [host, receiver] = [await harness.openApplication(), await harness.openReceiver()];
  const demo = await createDemoData(host, receiver);
  const ann = await harness.openSignedInPage(host, "northwind");
  return { ann, demo };
}

/** Opens each page and waits until it has loaded. */
async function visit(
  { ann, demo }: { readonly ann: ConsolePage; readonly demo: DemoIds },
  look: (name: string) => Promise<void>,
): Promise<void> {
  for (const [name, path] of Object.entries(PAGES)) {
    await ann.open(path(demo));
    await ann.waitForLive();
    await ann.waitForLoad();
    await look(name);
  }
}

test("no page scrolls horizontally on phone, tablet or desktop", async () => {
  const there = await inUse();
  const wide: string[] = [];
  await visit(there, async (name) => {
    for (const width of WIDTHS) {
      await there.ann.page.setViewportSize({ width, height: 800 });
      const over = await there.ann.page.evaluate<string>(FIND_OVERFLOWING_ELEMENTS);
      if (over !== "") wide.push(`${name} at ${width}: ${over}`);
    }
  });
  expect(wide).toEqual([]);
});

test("axe finds no violations on any page, in light and dark mode", async () => {
  const there = await inUse();
  const found: string[] = [];
  const checkPage = async (name: string): Promise<void> => {
    for (const colorScheme of getSchemes(name)) {
      await there.ann.page.emulateMedia({ colorScheme });
      for (const { id, impact, nodes } of await violations(there.ann, colorScheme))
        found.push(
          `${name} in ${colorScheme}: ${id} (${impact}): ${nodes.map(({ html }) => html).join(" ")}`,
        );
    }
  };
  await visit(there, checkPage);
  const visitor = await harness.openPage(await harness.openApplication());
  visitor.faults.expect(apiErrorPattern(401));
  await visitor.open("");
  await visitor.waitForText(UI_TEXTS.signedOut);
  expect(await violations(visitor, "light")).toEqual([]);
  expect(found).toEqual([]);
});

/** Every dialog, with the page and the action that opens it. */
const DIALOGS: Readonly<
  Record<string, readonly [path: (demo: DemoIds) => string, open: (ann: ConsolePage) => Promise<void>]>
> = {
  "delete a webhook": [({ webhook }) => `webhooks/${webhook}`, (ann) => ann.button(UI_TEXTS.delete).click()],
  "recover a webhook": [
    ({ webhook }) => `webhooks/${webhook}`,
    (ann) => ann.button(UI_TEXTS.recover).click(),
  ],
  "delete a label": [() => "labels/big_invoice", (ann) => ann.button(UI_TEXTS.delete).click()],
  "revoke a write key": [() => "write-keys", (ann) => ann.button(UI_TEXTS.revoke).first().click()],
  keys: [() => "webhooks", (ann) => ann.page.keyboard.press("?")],
  "jump box": [() => "webhooks", (ann) => ann.page.keyboard.press("Control+k")],
};

test("axe finds no violations in any dialog, in light and dark mode", async () => {
  const { ann, demo } = await inUse();
  const found: string[] = [];
  for (const [name, [path, open]] of Object.entries(DIALOGS)) {
    await ann.open(path(demo));
    await ann.waitForLive();
    await ann.waitForLoad();
    await open(ann);
    await ann.page.getByRole("dialog").waitFor();
    await ann.waitForLoad();
    for (const colorScheme of getSchemes(name)) {
      await ann.page.emulateMedia({ colorScheme });
      for (const { id, nodes } of await violations(ann, colorScheme))
        found.push(`${name} in ${colorScheme}: ${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    }
    await ann.page.keyboard.press("Escape");
    await ann.page.getByRole("dialog").waitFor({ state: "detached" });
  }
  expect(found).toEqual([]);
});

/** Violations that axe finds. Dark mode only affects colours. */
async function violations(
  { page }: ConsolePage,
  colorScheme: "light" | "dark",
): Promise<AxeResults["violations"]> {
  // Legacy mode is enough without frames, and does not open another page each time.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ["violations"] });
  return (
    await (colorScheme === "dark" ? axe.withRules(["color-contrast", "link-in-text-block"]) : axe).analyze()
  ).violations;
}
