type JsonObject = Readonly<Record<string, unknown>>;

const MESSAGE_KEYS = new Set([
  "text",
  "blocks",
  "attachments",
  "thread_ts",
  "unfurl_links",
  "unfurl_media",
  "metadata",
]);

/** What Slack would refuse of a message, or what would mean more in it than was written: nothing if it is well. */
export function findFaults(message: unknown): readonly string[] {
  const faults: string[] = [];
  const { text, blocks, attachments, ...rest } = message as JsonObject;
  for (const key of Object.keys(rest)) if (!MESSAGE_KEYS.has(key)) faults.push(`may not have ${key}`);
  checkText(text, 40_000, "text", faults);
  const ids = new Set<unknown>();
  if (blocks !== undefined) checkBlocks(blocks, "blocks", ids, faults);
  if (attachments !== undefined)
    checkList(attachments, 100, "attachments", faults, (attachment, path) => {
      if ("blocks" in attachment) checkBlocks(attachment["blocks"], `${path}.blocks`, ids, faults);
      else if (Object.keys(attachment).every((key) => key === "color")) faults.push(`${path} says nothing`);
    });
  const markdown = [blocks, ...toList(attachments).map((attachment) => attachment["blocks"])]
    .flatMap(toList)
    .filter((block) => block["type"] === "markdown")
    .reduce((sum, block) => sum + String(block["text"]).length, 0);
  if (markdown > 12_000) faults.push(`${markdown} characters of markdown`);
  checkValue(message, "message", faults);
  return faults;
}

function toList(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value : [];
}

function checkList(
  list: unknown,
  most: number,
  at: string,
  faults: string[],
  check: (item: JsonObject, at: string) => void,
): void {
  if (!Array.isArray(list) || list.length < 1 || list.length > most)
    faults.push(`${at} is not 1 to ${most} long`);
  for (const [i, item] of toList(list).entries()) check(item, `${at}[${i}]`);
}

function checkText(text: unknown, most: number, at: string, faults: string[]): void {
  if (typeof text !== "string" || text.trim() === "" || text.length > most)
    faults.push(`${at} is not text of 1 to ${most}`);
}

function checkTextObject(value: unknown, most: number, at: string, faults: string[], only?: string): void {
  const { type, text } = (value ?? {}) as JsonObject;
  if (type !== "plain_text" && (type !== "mrkdwn" || only !== undefined))
    faults.push(`${at} has type ${String(type)}`);
  checkText(text, most, at, faults);
}

function checkBlocks(blocks: unknown, path: string, ids: Set<unknown>, faults: string[]): void {
  checkList(blocks, 50, path, faults, (block, blockPath) => {
    const id = block["block_id"];
    if (id !== undefined && (typeof id !== "string" || id === "" || id.length > 255 || ids.has(id)))
      faults.push(`${blockPath} has a block_id that is too long or there twice`);
    ids.add(id ?? Symbol(blockPath));
    checkBlock(block, blockPath, faults);
  });
}

function checkBlock(block: JsonObject, path: string, faults: string[]): void {
  const { type, text, fields, elements, accessory } = block;
  if (type === "header") checkTextObject(text, 150, path, faults, "plain_text");
  else if (type === "section") {
    if (text !== undefined || fields === undefined) checkTextObject(text, 3000, path, faults);
    if (fields !== undefined)
      checkList(fields, 10, path, faults, (field, where) => checkTextObject(field, 2000, where, faults));
    if (accessory !== undefined) checkElement(accessory as JsonObject, `${path}.accessory`, faults);
  } else if (type === "context")
    checkList(elements, 10, path, faults, (item, where) => {
      if (item["type"] === "image") checkElement(item, where, faults);
      else checkTextObject(item, 3000, where, faults);
    });
  else if (type === "actions")
    checkList(elements, 25, path, faults, (item, where) => checkElement(item, where, faults));
  else if (type === "image") {
    checkElement(block, path, faults);
    if (block["title"] !== undefined) checkTextObject(block["title"], 2000, path, faults, "plain_text");
  } else if (type === "markdown") checkText(text, 12_000, path, faults);
  else if (typeof type !== "string") faults.push(`${path} has no type`);
}

function checkElement(element: JsonObject, path: string, faults: string[]): void {
  if (element["type"] === "image") checkText(element["alt_text"], 2000, `${path}.alt_text`, faults);
  if (element["type"] !== "button") return;
  checkTextObject(element["text"], 75, path, faults, "plain_text");
  if (String(element["value"] ?? "").length > 2000) faults.push(`${path}.value is too long`);
  if (String(element["action_id"] ?? "").length > 255) faults.push(`${path}.action_id is too long`);
  if (String(element["url"] ?? "").length > 3000) faults.push(`${path}.url is too long`);
}

/** What holds of every text and every object, wherever it is. */
function checkValue(value: unknown, path: string, faults: string[]): void {
  if (typeof value === "string" && /\p{Surrogate}/u.test(value)) faults.push(`${path} has half a pair`);
  if (typeof value !== "object" || value === null) return;
  const { type, verbatim } = value as JsonObject;
  if (type === "mrkdwn" && verbatim !== true) faults.push(`${path} is not verbatim`);
  if (type === "plain_text" && verbatim !== undefined) faults.push(`${path} is plain and verbatim`);
  for (const [key, child] of Object.entries(value)) checkValue(child, `${path}.${key}`, faults);
}

const DATE = /<!date\^-?\d+\^\{date_short_pretty\} \{time\}\|[^<>|]*>/g;
const LINK = /<https:\/\/[^\s<>|]+\|[^<>|]*>/g;

/** What stands in a message's texts besides our own dates and links and may mean something: nothing if all is escaped. */
export function findUnescaped(message: unknown): readonly string[] {
  return getTexts(message).flatMap((text) => {
    const rest = text.replace(DATE, "").replace(LINK, (link) => link.slice(1, -1));
    return rest.match(/[<>]|&(?!amp;|lt;|gt;)/g) ?? [];
  });
}

/** Every text of a message that Slack formats. */
export function getTexts(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "text" && typeof inner === "string" ? [inner] : getTexts(inner),
  );
}
