import { expect, test } from "vitest";
import { BrowserHarness } from "./browser-harness.ts";
import type { ConsolePage } from "./console-page.ts";
import { FIELD_LABELS, UI_TEXTS } from "./ui-texts.ts";

const harness = BrowserHarness.create();

/** More tab stops than any page has. */
const MAX_TAB_STOPS = 60;

/** The name of the focused element. */
async function focused(person: ConsolePage): Promise<string> {
  return person.page.evaluate<string>(`(() => {
    const at = document.activeElement;
    if (at === document.body) return "";
    return at?.getAttribute("aria-label") ?? at?.labels?.[0]?.textContent ?? at?.textContent?.trim() ?? "";
  })()`);
}

/** Presses Tab until the element has the focus. */
async function tabTo(person: ConsolePage, name: string | RegExp): Promise<void> {
  const seen: string[] = [];
  for (;;) {
    const at = await focused(person);
    if (typeof name === "string" ? at.startsWith(name) : name.test(at)) return;
    seen.push(at);
    if (seen.length > MAX_TAB_STOPS) throw new Error(`Tab leads to no ${name}, only to ${seen.join(", ")}`);
    await person.page.keyboard.press("Tab");
  }
}

test("a webhook can be created and tested by keyboard with a visible focus", async () => {
  const [host, receiver] = [await harness.openApplication(), await harness.openReceiver()];
  const ann = await harness.openSignedInPage(host);
  const { keyboard } = ann.page;
  await ann.waitForText(UI_TEXTS.emptyOverview, ann.main);
  await tabTo(ann, UI_TEXTS.createWebhook);
  await keyboard.press("Enter");
  await ann.waitForHeading(UI_TEXTS.createWebhook);
  await tabTo(ann, FIELD_LABELS.url);
  await keyboard.type(receiver.at("/hooks"));
  await tabTo(ann, FIELD_LABELS.topics);
  await keyboard.type("invoice.*");
  await tabTo(ann, UI_TEXTS.createWebhook);
  expect(await ann.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).not.toBe("none");
  await keyboard.press("Enter");
  await ann.button(UI_TEXTS.test).waitFor();
  await tabTo(ann, UI_TEXTS.test);
  await keyboard.press("Enter");
  await ann.waitForText(UI_TEXTS.testFailed, ann.main);
});

test("the first tab stop skips the navigation, and a new page gets the focus", async () => {
  const host = await harness.openApplication();
  const ann = await harness.openSignedInPage(host);
  await ann.page.keyboard.press("Tab");
  expect(await focused(ann)).toMatch(/^Skip/);
  await ann.page.keyboard.press("Enter");
  const isInMain = `document.querySelector("main").contains(document.activeElement)`;
  await expect.poll(() => ann.page.evaluate(isInMain)).toBe(true);
  await tabTo(ann, UI_TEXTS.createWebhook);
  await ann.page.keyboard.press("Enter");
  await ann.waitForHeading(UI_TEXTS.createWebhook);
  await expect.poll(() => ann.page.evaluate(isInMain)).toBe(true);
});
