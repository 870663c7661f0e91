import type { CDPSession } from "playwright-core";
import { expect, test } from "vitest";
import { BrowserHarness } from "./browser-harness.ts";
import { UI_TEXTS } from "./ui-texts.ts";

const harness = BrowserHarness.create();

/** Limit of script bytes on the wire for the first load. */
const MAX_SCRIPT_BYTES = 60 * 1024;

test.each(["Express 5", "Fastify 5"] as const)(
  "in %s, behind a gateway that calls the mount otherwise: by a deep link, loaded again, and back",
  async (framework) => {
    const host = await harness.openApplication({ framework, prefix: "/svc/hooks" });
    const { id } = await host.sender
      .forAccount("acme")
      .webhooks.create({ url: "https://acme.example/hooks", topics: ["invoice.*"] });
    const ann = await harness.openPage(host);
    await ann.open(host.link("acme", { to: `webhooks/${id}` }));
    await ann.waitForLive();
    await ann.waitForText("https://acme.example/hooks", ann.main);
    await ann.main.getByRole("link", { name: UI_TEXTS.edit }).click();
    await ann.waitForHeading(UI_TEXTS.editing);
    expect(ann.path).toBe(`webhooks/${id}/edit`);
    await ann.page.reload();
    await ann.waitForLive();
    await ann.waitForHeading(UI_TEXTS.editing);
    expect(await ann.field("url").inputValue()).toBe("https://acme.example/hooks");
    await ann.page.goBack();
    await ann.button(UI_TEXTS.test).waitFor();
    await ann.goTo("Deliveries");
    await ann.page.goBack();
    await ann.button(UI_TEXTS.test).waitFor();
    expect(ann.path).toBe(`webhooks/${id}`);
  },
);

test("the first load transfers little, compressed script and nothing from other hosts", async () => {
  const host = await harness.openApplication();
  // A request to another host fails this test.
  const ann = await harness.openPage(host);
  const scripts = await wired(await ann.page.context().newCDPSession(ann.page));
  await ann.open(host.link("acme"));
  await ann.waitForLive();
  await ann.waitForText(UI_TEXTS.emptyOverview, ann.main);
  const sizes = [...scripts.values()];
  expect(sizes.length).toBeGreaterThan(0);
  expect(sizes.every(({ encoding }) => encoding === "br")).toBe(true);
  expect(sizes.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(MAX_SCRIPT_BYTES);
});

/** Scripts on the wire, including headers. */
async function wired(
  session: CDPSession,
): Promise<ReadonlyMap<string, { readonly encoding: string; bytes: number }>> {
  const scripts = new Map<string, { readonly encoding: string; bytes: number }>();
  session.on("Network.responseReceived", ({ requestId, type, response }) => {
    const encoding = Object.entries(response.headers).find(([name]) => /^content-encoding$/i.test(name));
    if (type === "Script") scripts.set(requestId, { encoding: encoding?.[1] ?? "none", bytes: 0 });
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const script = scripts.get(requestId);
    if (script !== undefined) script.bytes = encodedDataLength;
  });
  await session.send("Network.enable");
  return scripts;
}
