import { expect, test } from "vitest";
import type { ConsolePage } from "./console-page.ts";
import { Stage } from "./stage.ts";
import { FIELDS, WORDS } from "./words.ts";

const stage = Stage.set();

/** More stops than any page has. */
const MOST_STOPS = 60;

/** What has the focus, by its name. */
async function focused(person: ConsolePage): Promise<string> {
  return person.page.evaluate<string>(`(() => {
    const at = document.activeElement;
    if (at === document.body) return "";
    return at?.getAttribute("aria-label") ?? at?.labels?.[0]?.textContent ?? at?.textContent?.trim() ?? "";
  })()`);
}

/** Presses Tab until this has the focus. */
async function tabTo(person: ConsolePage, name: string | RegExp): Promise<void> {
  const seen: string[] = [];
  for (;;) {
    const at = await focused(person);
    if (typeof name === "string" ? at.startsWith(name) : name.test(at)) return;
    seen.push(at);
    if (seen.length > MOST_STOPS) throw new Error(`Tab leads to no ${name}, only to ${seen.join(", ")}`);
    await person.page.keyboard.press("Tab");
  }
}

test("a webhook is made, tried and left without a mouse, and the focus is always to be seen", async () => {
  const [host, receiver] = [await stage.host(), await stage.receiver()];
  const ann = await stage.signedIn(host);
  const { keyboard } = ann.page;
  await ann.sees(WORDS.nothingYet, ann.main);
  await tabTo(ann, WORDS.add);
  await keyboard.press("Enter");
  await ann.heading(WORDS.add);
  await tabTo(ann, FIELDS.url);
  await keyboard.type(receiver.at("/hooks"));
  await tabTo(ann, FIELDS.topics);
  await keyboard.type("invoice.*");
  await tabTo(ann, WORDS.add);
  expect(await ann.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).not.toBe("none");
  await keyboard.press("Enter");
  await ann.button(WORDS.test).waitFor();
  await tabTo(ann, WORDS.test);
  await keyboard.press("Enter");
  await ann.sees(WORDS.refused, ann.main);
});

test("the first stop leads past the navigation, and a page that is gone to has the focus", async () => {
  const host = await stage.host();
  const ann = await stage.signedIn(host);
  await ann.page.keyboard.press("Tab");
  expect(await focused(ann)).toMatch(/^Skip/);
  await ann.page.keyboard.press("Enter");
  const isInMain = `document.querySelector("main").contains(document.activeElement)`;
  await expect.poll(() => ann.page.evaluate(isInMain)).toBe(true);
  await tabTo(ann, WORDS.add);
  await ann.page.keyboard.press("Enter");
  await ann.heading(WORDS.add);
  await expect.poll(() => ann.page.evaluate(isInMain)).toBe(true);
});
