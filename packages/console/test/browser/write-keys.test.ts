import { expect, test } from "vitest";
import { BrowserHarness } from "./browser-harness.ts";
import { apiErrorPattern } from "./faults.ts";
import { UI_TEXTS } from "./ui-texts.ts";

const harness = BrowserHarness.create();

test("a write key created in the page is shown once and works until it is revoked", async () => {
  const host = await harness.openApplication();
  const ann = await harness.openSignedInPage(host);
  const track = (app_id: string): Promise<Response> =>
    fetch(`${host.url}api/track`, {
      method: "POST",
      body: JSON.stringify({ app_id, event: "Send Email", identity: "ada@example.com" }),
    });
  await ann.goTo("Write keys");
  await ann.fill({ purpose: "The shop" });
  await ann.button(UI_TEXTS.createKey).click();
  const newKeyPanel = ann.main.getByRole("region", { name: UI_TEXTS.newKey });
  const key = (await newKeyPanel.getByText(/^app_/).textContent()) ?? "";
  expect(key).toMatch(/^app_[\w-]{32}$/);
  await ann.waitForText(/will not be shown again/, newKeyPanel);
  // The snippet contains the key and the URL.
  const code = (await ann.main.getByRole("region", { name: "With curl" }).textContent()) ?? "";
  expect(code).toContain(key);
  expect(code).toContain(`${host.url}api/track`);
  expect((await track(key)).status).toBe(200);

  await ann.page.reload();
  await ann.waitForText("The shop", ann.main);
  await ann.waitForText(`app_…${key.slice(-4)}`, ann.main);
  expect(await ann.page.content()).not.toContain(key);
  expect(await ann.page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })")).not.toContain(
    key,
  );
  await ann.confirm(ann.button(UI_TEXTS.revoke));
  await ann.waitForText(UI_TEXTS.revoked, ann.main);
  expect((await track(key)).status).toBe(401);
});

test("user properties are added and changed with their types", async () => {
  const host = await harness.openApplication();
  const ann = await harness.openSignedInPage(host);
  const { users } = host.sender.forAccount("acme");
  ann.faults.expect(apiErrorPattern(404), apiErrorPattern(400));
  await ann.lookUp("ada@example.com");
  await ann.waitForText(UI_TEXTS.notFound, ann.main);
  const set = async (name: string, value: string, shown = value): Promise<void> => {
    await ann.main.getByRole("textbox", { name: "Property" }).fill(name);
    await ann.main.getByRole("textbox", { name: "Value" }).fill(value);
    await ann.main.getByRole("button", { name: /^(Add|Change)$/ }).click();
    await ann.waitForText(`Set ${name} to ${shown}.`, ann.main);
  };
  await set("plan", "free", '"free"');
  await set("plan", "pro", '"pro"');
  await set("seats", "12");
  await set("zip", '"01234"');
  expect(await users.get("ada@example.com")).toEqual({ plan: "pro", seats: 12, zip: "01234" });
  await ann.main.getByRole("textbox", { name: "Property" }).fill("id");
  await ann.main.getByRole("textbox", { name: "Value" }).fill("1");
  await ann.main.getByRole("button", { name: "Add", exact: true }).click();
  await ann.main
    .getByRole("alert")
    .filter({ hasText: /id is reserved/ })
    .waitFor();
  expect(await ann.main.getByRole("textbox", { name: "Property" }).inputValue()).toBe("id");
});
