import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import type { PageErrors } from "./faults.ts";
import { FIELD_LABELS, type FieldName, type Fields, UI_TEXTS } from "./ui-texts.ts";

/** Drives the console like a user. Only visible elements count. */
export class ConsolePage {
  readonly page: Page;
  readonly faults: PageErrors;
  /** URL of the console, with a trailing slash. */
  readonly url: string;

  constructor(page: Page, url: string, faults: PageErrors) {
    this.page = page;
    this.url = url;
    this.faults = faults;
  }

  /** Opens a URL or a path of the console. */
  async open(address: string): Promise<void> {
    await this.page.goto(/^https?:/.test(address) ? address : this.url + address);
  }

  /** The path relative to the mount, with its query. */
  get path(): string {
    return this.page.url().slice(this.url.length);
  }

  get main(): Locator {
    return this.page.getByRole("main");
  }

  button(name: string | RegExp): Locator {
    return this.main.getByRole("button", typeof name === "string" ? { name, exact: true } : { name });
  }

  /** Waits until the text is visible. */
  async waitForText(text: string | RegExp, within: Locator | Page = this.page): Promise<void> {
    await within.getByText(text).filter({ visible: true }).first().waitFor();
  }

  async waitForLive(): Promise<void> {
    await this.page.getByRole("status").filter({ hasText: UI_TEXTS.live }).waitFor();
  }

  async waitForLostConnection(): Promise<void> {
    await this.page.getByRole("status").filter({ hasText: UI_TEXTS.lost }).waitFor();
  }

  async waitForHeading(name: string | RegExp): Promise<void> {
    await this.main.getByRole("heading", { name, level: 1 }).waitFor();
  }

  /** Navigates to a page by its name in the navigation. */
  async goTo(
    page: "Overview" | "Webhooks" | "Labels" | "Deliveries" | "Users" | "Write keys",
  ): Promise<void> {
    await this.page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: page }).click();
    await this.waitForHeading(page);
  }

  field(name: FieldName): Locator {
    return this.main.getByRole("textbox", { name: FIELD_LABELS[name] });
  }

  async fill(fields: Fields): Promise<void> {
    for (const [name, value] of Object.entries(fields)) await this.field(name as FieldName).fill(value);
  }

  /** Opens the form for a new webhook. */
  async openWebhookForm(): Promise<void> {
    await this.goTo("Webhooks");
    await this.main.getByRole("link", { name: UI_TEXTS.createWebhook }).first().click();
    await this.waitForHeading(UI_TEXTS.createWebhook);
  }

  /** Adds a condition by the label of its operator. */
  async addCondition(path: string, how: string, value: string): Promise<void> {
    await this.button(UI_TEXTS.addCondition).click();
    const rows = this.main.getByRole("combobox", { name: /^Operator of condition/ });
    const row = await rows.count();
    await this.main.getByLabel(`Path of condition ${row}`).fill(path);
    await rows.last().selectOption({ label: how });
    await this.main.getByLabel(`Value of condition ${row}`).fill(value);
  }

  async submitWebhook(): Promise<void> {
    await this.button(UI_TEXTS.createWebhook).click();
  }

  /** Creates a webhook, opens its page and returns its id. */
  async addWebhook(fields: Fields): Promise<string> {
    await this.openWebhookForm();
    await this.fill(fields);
    await this.submitWebhook();
    await this.button(UI_TEXTS.test).waitFor();
    return /wbh_\w+/.exec(this.path)?.[0] ?? "";
  }

  /** The accessible description of a field: hint and error. */
  async getFieldDescription(name: FieldName): Promise<string> {
    const ids = (await this.field(name).getAttribute("aria-describedby")) ?? "";
    const texts = await Promise.all(
      ids
        .split(" ")
        .filter((id) => id !== "")
        .map((id) => this.page.locator(`[id="${id}"]`).textContent()),
    );
    return texts.join("\n");
  }

  async waitForFieldError(name: FieldName): Promise<void> {
    await this.main
      .getByRole("textbox", { name: FIELD_LABELS[name] })
      .and(this.page.locator("[aria-invalid=true]"))
      .waitFor();
  }

  /** Clicks a button and confirms the dialog. */
  async confirm(button: Locator): Promise<void> {
    let isAsked = false;
    this.page.once("dialog", (dialog) => {
      isAsked = true;
      void dialog.accept();
    });
    await button.click();
    const yes = this.page
      .getByRole("dialog")
      .or(this.page.getByRole("alertdialog"))
      .getByRole("button")
      .filter({ hasNotText: /cancel|keep|close/i });
    await expect.poll(async () => isAsked || (await yes.count()) > 0, { timeout: 30_000 }).toBe(true);
    if (!isAsked) await yes.last().click();
  }

  /** The revealed secrets. */
  get #secrets(): Locator {
    return this.main.getByText(/^sec_[\w-]+$/).filter({ visible: true });
  }

  /** Reveals the secrets of the current webhook; the first signs Heron-Signature. */
  async secrets(): Promise<readonly string[]> {
    if ((await this.#secrets.count()) === 0) await this.button(UI_TEXTS.reveal).click();
    await this.#secrets.first().waitFor();
    return this.#secrets.allTextContents();
  }

  async rotate(): Promise<readonly string[]> {
    await this.confirm(this.button(UI_TEXTS.rotate));
    await this.#secrets.nth(1).waitFor();
    return this.#secrets.allTextContents();
  }

  /** Rows of deliveries with a status. Rows contain a topic, filters do not. */
  deliveries(mark: RegExp): Locator {
    return this.main
      .getByRole("link")
      .or(this.main.getByRole("option"))
      .filter({ hasText: mark })
      .filter({ hasText: /[a-z_]+\.[a-z_]+/ });
  }

  /** Shows new deliveries, whether they are announced or already listed. */
  async showNew(mark: RegExp = /./): Promise<void> {
    const announced = this.button(UI_TEXTS.newDeliveries);
    const rows = this.deliveries(mark);
    await announced.or(rows).first().waitFor();
    // Rows that are already listed may no longer be announced.
    if ((await rows.count()) === 0) await announced.click();
    await rows.first().waitFor();
  }

  async openDelivery(mark: RegExp): Promise<void> {
    await this.deliveries(mark).first().click();
    await this.main.getByRole("heading", { name: UI_TEXTS.attempts }).waitFor();
  }

  /** Replays missed events of the current webhook from the last day. */
  async recover(): Promise<void> {
    await this.confirm(this.button(UI_TEXTS.recover));
    await this.waitForText(UI_TEXTS.recovered, this.main);
  }

  async lookUp(user: string): Promise<void> {
    await this.open("users");
    await this.main.getByRole("textbox", { name: UI_TEXTS.user }).fill(user);
    await this.button(UI_TEXTS.lookUp).click();
  }

  /** Waits until the page has loaded. */
  async waitForLoad(): Promise<void> {
    await this.main.getByRole("heading", { level: 1 }).first().waitFor();
    await expect.poll(() => this.page.locator("[aria-busy=true]").count(), { timeout: 30_000 }).toBe(0);
  }
}
