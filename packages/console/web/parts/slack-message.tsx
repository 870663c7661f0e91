import type { ComponentChildren } from "preact";

interface Text {
  readonly text?: string;
}

interface Block {
  readonly type: string;
  readonly text?: Text;
  readonly fields?: readonly Text[];
  readonly elements?: readonly Text[];
}

/** Renders a message approximately as Slack does. */
export function SlackMessage({ json }: { readonly json: string }) {
  const message = parseMessage(json);
  if (message === null) return null;
  const { text, blocks } = message;
  return (
    <figure class="slack">
      <figcaption class="hint">Slack preview</figcaption>
      {blocks === undefined || blocks.length === 0 ? (
        <p>{formatMarkup(text ?? "")}</p>
      ) : (
        blocks.map((block, i) => <SlackBlock key={`${i}${block.type}`} block={block} />)
      )}
    </figure>
  );
}

function SlackBlock({ block: { type, text, fields = [], elements = [] } }: { readonly block: Block }) {
  if (type === "divider") return <hr />;
  if (type === "header") return <p class="title">{unescapeText(text?.text ?? "")}</p>;
  if (type === "context")
    return <p class="hint">{elements.map((element) => formatMarkup(element.text ?? ""))}</p>;
  return (
    <>
      {text?.text !== undefined && <p>{formatMarkup(text.text)}</p>}
      {fields.length > 0 && (
        <div class="fields">
          {fields.map((field, i) => (
            <p key={`${i}${field.text}`}>{formatMarkup(field.text ?? "")}</p>
          ))}
        </div>
      )}
    </>
  );
}

/** Renders bold, code and links of Slack's markup. */
function formatMarkup(text: string): ComponentChildren {
  return text.split(/(\*[^*\n]+\*|`[^`\n]+`|<[^>\n]+>)/).map((part, i) => {
    const key = `${i}${part}`;
    if (/^\*.+\*$/.test(part)) return <b key={key}>{unescapeText(part.slice(1, -1))}</b>;
    if (/^`.+`$/.test(part)) return <code key={key}>{unescapeText(part.slice(1, -1))}</code>;
    if (/^<.+>$/.test(part))
      return <u key={key}>{unescapeText(part.slice(1, -1).split("|").at(-1) ?? "")}</u>;
    return unescapeText(part);
  });
}

/** Slack escapes only three characters. */
function unescapeText(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function parseMessage(json: string): { readonly text?: string; readonly blocks?: readonly Block[] } | null {
  try {
    const value = JSON.parse(json) as { readonly text?: unknown; readonly blocks?: unknown };
    if (typeof value !== "object" || value === null) return null;
    const { text, blocks } = value;
    if (typeof text !== "string" && !Array.isArray(blocks)) return null;
    return {
      ...(typeof text === "string" ? { text } : {}),
      ...(Array.isArray(blocks) ? { blocks: blocks as readonly Block[] } : {}),
    };
  } catch {
    return null;
  }
}
