import { expect, test } from "vitest";
import { BrowserHarness } from "./browser-harness.ts";
import { apiErrorPattern } from "./faults.ts";
import { UI_TEXTS } from "./ui-texts.ts";

const harness = BrowserHarness.create();

test("a link works once, its key is removed from the address, and the session persists", async () => {
  const host = await harness.openApplication();
  const link = host.link("acme");
  const ann = await harness.openPage(host);
  await ann.open(link);
  await ann.waitForLive();
  expect(ann.page.url()).not.toContain("key=");
  await ann.page.reload();
  await ann.waitForLive();

  const eve = await harness.openPage(host);
  eve.faults.expect(apiErrorPattern(401));
  await eve.open(link);
  await eve.waitForText(UI_TEXTS.signedOut);
  await eve.waitForText(UI_TEXTS.linkUsed);
});

test("without a session and after sign-out nothing is shown", async () => {
  const host = await harness.openApplication();
  const visitor = await harness.openPage(host);
  visitor.faults.expect(apiErrorPattern(401));
  await visitor.open("webhooks");
  await visitor.waitForText(UI_TEXTS.signedOut);

  const ann = await harness.openSignedInPage(host);
  ann.faults.expect(apiErrorPattern(401));
  await ann.page.getByRole("button", { name: UI_TEXTS.signOut }).click();
  await ann.waitForText(UI_TEXTS.signedOut);
  await ann.open("webhooks");
  await ann.waitForText(UI_TEXTS.signedOut);
});

test("an account cannot open pages of another account's resources", async () => {
  const host = await harness.openApplication();
  const acme = host.sender.forAccount("acme");
  const { id } = await acme.webhooks.create({ url: "https://acme.example/hooks", topics: ["invoice.*"] });
  await acme.webhooks.disable(id);
  await acme.webhooks.enable(id);
  await acme.users.addProperties("ann@acme.example", { plan: "of-acme" });
  await host.sender.accounts.disable("acme");
  await acme.emit("invoice.paid", { invoice: "in_1", amount: 1, currency: "EUR" });
  const [delivery] = (await acme.deliveries.list()).data;

  const bob = await harness.openSignedInPage(host, "globex");
  bob.faults.expect(apiErrorPattern(404));
  await bob.goTo("Webhooks");
  await bob.waitForText(UI_TEXTS.noWebhooks, bob.main);
  await bob.goTo("Deliveries");
  await bob.waitForText(UI_TEXTS.noDeliveries, bob.main);
  for (const path of [`webhooks/${id}`, `webhooks/${id}/edit`, `deliveries/${delivery?.id}`]) {
    await bob.open(path);
    await bob.main.getByRole("alert").filter({ hasText: UI_TEXTS.notFound }).waitFor();
    expect(await bob.page.content()).not.toContain("acme");
  }
  await bob.lookUp("ann@acme.example");
  await bob.waitForText(UI_TEXTS.notFound, bob.main);
  expect(await bob.main.textContent()).not.toContain("of-acme");

  // The owner can open them.
  const ann = await harness.openSignedInPage(host, "acme");
  await ann.open(`webhooks/${id}`);
  await ann.waitForText("https://acme.example/hooks", ann.main);
  await ann.lookUp("ann@acme.example");
  await ann.waitForText(/of-acme/, ann.main);
});

test("an unreachable server does not sign out: the page reports it and opens once the server responds", async () => {
  const host = await harness.openApplication();
  const ann = await harness.openPage(host);
  ann.faults.expect(apiErrorPattern(503));
  let isAway = true;
  await ann.page.route("**/api/session", (route) =>
    isAway ? route.fulfill({ status: 503, body: "{}" }) : route.continue(),
  );
  await ann.open(host.link("acme"));
  await ann.waitForText(UI_TEXTS.serverUnavailable);
  isAway = false;
  await ann.waitForLive();
});
