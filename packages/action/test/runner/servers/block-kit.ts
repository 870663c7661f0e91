/**
 * Slack's limits on the blocks of a message, as documented. It knows no code but its own: what is sent is held
 * against this. Where Slack does not say how characters are counted, UTF-16 units are, which is never fewer.
 * @module
 */
import {
  accessory,
  actionsElement,
  buttonOnly,
  contextAction,
  inputElement,
  urlSource,
} from "./block-elements.ts";
import { hasOneSource, image, imageProperties, plainText, text } from "./composition.ts";
import { richText, richTextProperties } from "./rich-text.ts";
import {
  anything,
  boolean,
  type Check,
  type Fault,
  integer,
  isObject,
  isOneOf,
  list,
  object,
  type Properties,
  required,
  some,
  string,
  typed,
  url,
} from "./shapes.ts";

const blockId: Properties = { block_id: string(255) };

const cell: Check = (value, path, fault) => {
  if (isObject(value) && value["type"] === "rich_text") richText(value, path, fault);
  else
    typed({
      raw_text: { text: required(string()) },
      raw_number: { value: required(anything), text: string() },
    })(value, path, fault);
};

const card: Properties = {
  ...blockId,
  hero_image: image,
  icon: image,
  slack_icon: typed({ icon: { name: required(string()) } }),
  title: text(150),
  subtitle: text(150),
  body: text(200),
  subtext: text(200),
  actions: list(buttonOnly, 1, 3),
};
const cardIsSomething = some("hero_image", "title", "actions", "body");

const task: Properties = {
  ...blockId,
  task_id: required(string()),
  title: required(string()),
  details: richText,
  output: richText,
  sources: list(urlSource, 1),
  status: required(isOneOf("pending", "in_progress", "complete", "error")),
};

/** By type. `file` is not here: Slack shows such blocks, but takes none. */
const blocks: Readonly<Record<string, Properties>> = {
  actions: { ...blockId, elements: required(list(actionsElement, 1, 25)) },
  alert: {
    ...blockId,
    text: required(text(200)),
    level: isOneOf("default", "info", "warning", "error", "success"),
  },
  card,
  carousel: { ...blockId, elements: required(list(typed({ card }, cardIsSomething), 1, 10)) },
  container: {
    ...blockId,
    title: plainText(150),
    subtitle: text(150),
    child_blocks: required(list((value, path, fault) => block(value, path, fault), 1, 10)),
    width: string(),
    is_collapsible: boolean,
    default_collapsed: boolean,
    has_header_divider: boolean,
  },
  context: {
    ...blockId,
    elements: required(
      list(
        (value, path, fault) =>
          (isObject(value) && value["type"] === "image" ? image : text())(value, path, fault),
        1,
        10,
      ),
    ),
  },
  context_actions: { ...blockId, elements: required(list(contextAction, 1, 5)) },
  data_table: {
    ...blockId,
    rows: required(list(list(cell, 1, 20), 2, 201)),
    page_size: integer(1, 100),
    caption: string(),
    row_header_column_index: integer(0, 19),
  },
  data_visualization: { ...blockId, title: required(string(50)), chart: required(anything) },
  divider: blockId,
  header: { ...blockId, text: required(plainText(150)) },
  image: { ...blockId, ...imageProperties, title: plainText(2000) },
  input: {
    ...blockId,
    label: required(plainText(2000)),
    hint: plainText(2000),
    optional: boolean,
    element: required(inputElement),
    dispatch_action: boolean,
  },
  markdown: { ...blockId, text: required(string(12_000)) },
  plan: { ...blockId, title: required(string()), tasks: list(typed({ task_card: task }), 1) },
  rich_text: { ...blockId, ...richTextProperties },
  section: {
    ...blockId,
    text: text(3000),
    fields: list(text(2000), 1, 10),
    accessory,
    expand: boolean,
  },
  table: {
    ...blockId,
    rows: required(list(list(cell, 1, 20), 1, 100)),
    column_settings: list(object({ align: isOneOf("left", "center", "right"), is_wrapped: boolean }), 1, 20),
  },
  task_card: task,
  video: {
    ...blockId,
    video_url: required(url(3000, ["https:"])),
    thumbnail_url: required(url()),
    alt_text: required(string(200)),
    title: required(plainText(200)),
    title_url: url(3000, ["https:"]),
    author_name: string(50),
    provider_name: string(50),
    provider_icon_url: url(),
    description: plainText(200),
  },
};

const alsoByType: Readonly<Record<string, Check>> = {
  card: cardIsSomething,
  image: hasOneSource,
  section: some("text", "fields"),
};

const block: Check = typed(blocks, (value, path, fault) => {
  const type = String((value as { readonly type: unknown }).type);
  alsoByType[type]?.(value, path, fault);
  noneTwice("action_id", [value], path, fault);
});

const attachments: Check = list((value, path, fault) => {
  if (!isObject(value)) fault(path, "is not an object");
  else if (value["blocks"] !== undefined) list(block, 1, 50)(value["blocks"], `${path}.blocks`, fault);
}, 0);

/** What Slack would refuse a message's blocks for, each with where it is; none if they are all right. */
export function findFaults(message: unknown): string[] {
  const faults: string[] = [];
  const fault: Fault = (path, what) => faults.push(`${path} ${what}`);
  if (!isObject(message)) return ["the message is not an object"];
  const { blocks: own, attachments: attached } = message;
  if (own !== undefined) list(block, 0, 50)(own, "blocks", fault);
  if (attached !== undefined) attachments(attached, "attachments", fault);
  const inAll = [own, attached];
  noneTwice("block_id", inAll, "the message", fault);
  mostMarkdown(inAll, "the message", fault);
  oneTable(inAll, "the message", fault);
  return faults;
}

const mostMarkdown: Check = (value, path, fault) => {
  const texts = within(value).filter(({ type }) => type === "markdown");
  const length = texts.reduce((sum, { text }) => sum + (typeof text === "string" ? text.length : 0), 0);
  if (texts.length > 1 && length > 12_000)
    fault(path, `has ${length} characters of markdown, more than 12000`);
};

const oneTable: Check = (value, path, fault) => {
  const tables = within(value).filter(({ type }) => type === "table");
  if (tables.length > 1) fault(path, `has ${tables.length} tables, more than 1`);
};

function noneTwice(property: string, values: unknown, path: string, fault: Fault): void {
  const seen = new Set<unknown>();
  for (const { [property]: id } of within(values)) {
    if (id !== undefined && seen.has(id)) fault(path, `has the ${property} ${JSON.stringify(id)} twice`);
    seen.add(id);
  }
}

/** Every object in a value, however deep. */
function within(value: unknown): Readonly<Record<string, unknown>>[] {
  if (Array.isArray(value)) return value.flatMap(within);
  return isObject(value) ? [value, ...Object.values(value).flatMap(within)] : [];
}
