import { expect, test } from "vitest";
import { answered } from "./faults.ts";
import { Stage } from "./stage.ts";
import { WORDS } from "./words.ts";

const stage = Stage.set();

test("a write key that is made in the page writes, is told once, and writes nothing once it is revoked", async () => {
  const host = await stage.host();
  const ann = await stage.signedIn(host);
  const track = (app_id: string): Promise<Response> =>
    fetch(`${host.url}api/track`, {
      method: "POST",
      body: JSON.stringify({ app_id, event: "Send Email", identity: "ada@example.com" }),
    });
  await ann.goTo("Write keys");
  await ann.fill({ purpose: "The shop" });
  await ann.button(WORDS.makeKey).click();
  const told = ann.main.getByRole("region", { name: WORDS.newKey });
  const key = (await told.getByText(/^app_/).textContent()) ?? "";
  expect(key).toMatch(/^app_[\w-]{32}$/);
  await ann.sees(/will not be shown again/, told);
  // The code has it in it, and where to post to.
  const code = (await ann.main.getByRole("region", { name: "With curl" }).textContent()) ?? "";
  expect(code).toContain(key);
  expect(code).toContain(`${host.url}api/track`);
  expect((await track(key)).status).toBe(200);

  await ann.page.reload();
  await ann.sees("The shop", ann.main);
  await ann.sees(`app_…${key.slice(-4)}`, ann.main);
  expect(await ann.page.content()).not.toContain(key);
  expect(await ann.page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })")).not.toContain(
    key,
  );
  await ann.confirm(ann.button(WORDS.revoke));
  await ann.sees(WORDS.revoked, ann.main);
  expect((await track(key)).status).toBe(401);
});

test("a user's properties are added and changed in the page, each as what it is", async () => {
  const host = await stage.host();
  const ann = await stage.signedIn(host);
  const { users } = host.sender.for("acme");
  ann.faults.expect(answered(404), answered(400));
  await ann.lookUp("ada@example.com");
  await ann.sees(WORDS.noSuch, ann.main);
  const set = async (name: string, value: string, shown = value): Promise<void> => {
    await ann.main.getByRole("textbox", { name: "Property" }).fill(name);
    await ann.main.getByRole("textbox", { name: "Value" }).fill(value);
    await ann.main.getByRole("button", { name: /^(Add|Change)$/ }).click();
    await ann.sees(`${name} is ${shown} from now on.`, ann.main);
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
    .filter({ hasText: /called id/ })
    .waitFor();
  expect(await ann.main.getByRole("textbox", { name: "Property" }).inputValue()).toBe("id");
});
