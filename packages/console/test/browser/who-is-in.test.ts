import { expect, test } from "vitest";
import { answered } from "./faults.ts";
import { Stage } from "./stage.ts";
import { WORDS } from "./words.ts";

const stage = Stage.set();

test("a link is opened once: its key leaves the address, the session stays, and nobody else comes in by it", async () => {
  const host = await stage.host();
  const link = host.link("acme");
  const ann = await stage.person(host);
  await ann.open(link);
  await ann.isLive();
  expect(ann.page.url()).not.toContain("key=");
  await ann.page.reload();
  await ann.isLive();

  const eve = await stage.person(host);
  eve.faults.expect(answered(401));
  await eve.open(link);
  await eve.sees(WORDS.signedOut);
  await eve.sees(WORDS.opened);
});

test("nobody sees anything without a link, and nothing any more who signs out", async () => {
  const host = await stage.host();
  const nobody = await stage.person(host);
  nobody.faults.expect(answered(401));
  await nobody.open("webhooks");
  await nobody.sees(WORDS.signedOut);

  const ann = await stage.signedIn(host);
  ann.faults.expect(answered(401));
  await ann.page.getByRole("button", { name: WORDS.signOut }).click();
  await ann.sees(WORDS.signedOut);
  await ann.open("webhooks");
  await ann.sees(WORDS.signedOut);
});

test("an account sees nothing of another's, by typing the address of its pages neither", async () => {
  const host = await stage.host();
  const acme = host.sender.for("acme");
  const { id } = await acme.webhooks.create({ url: "https://acme.example/hooks", topics: ["invoice.*"] });
  await acme.webhooks.disable(id);
  await acme.webhooks.enable(id);
  await acme.users.addProperties("ann@acme.example", { plan: "of-acme" });
  await host.sender.accounts.disable("acme");
  await acme.emit("invoice.paid", { invoice: "in_1", amount: 1, currency: "EUR" });
  const [delivery] = (await acme.deliveries.list()).items;

  const bob = await stage.signedIn(host, "globex");
  bob.faults.expect(answered(404));
  await bob.goTo("Webhooks");
  await bob.sees(WORDS.noWebhooks, bob.main);
  await bob.goTo("Deliveries");
  await bob.sees(WORDS.noDeliveries, bob.main);
  for (const path of [`webhooks/${id}`, `webhooks/${id}/edit`, `deliveries/${delivery?.id}`]) {
    await bob.open(path);
    await bob.main.getByRole("alert").filter({ hasText: WORDS.noSuch }).waitFor();
    expect(await bob.page.content()).not.toContain("acme");
  }
  await bob.lookUp("ann@acme.example");
  await bob.sees(WORDS.noSuch, bob.main);
  expect(await bob.main.textContent()).not.toContain("of-acme");

  // Whose it is does see it.
  const ann = await stage.signedIn(host, "acme");
  await ann.open(`webhooks/${id}`);
  await ann.sees("https://acme.example/hooks", ann.main);
  await ann.lookUp("ann@acme.example");
  await ann.sees(/of-acme/, ann.main);
});

test("a server that gives no answer at first has signed nobody out: the page says so, and opens once it answers", async () => {
  const host = await stage.host();
  const ann = await stage.person(host);
  ann.faults.expect(answered(503));
  let isAway = true;
  await ann.page.route("**/api/session", (route) =>
    isAway ? route.fulfill({ status: 503, body: "{}" }) : route.continue(),
  );
  await ann.open(host.link("acme"));
  await ann.sees(WORDS.noAnswer);
  isAway = false;
  await ann.isLive();
});
