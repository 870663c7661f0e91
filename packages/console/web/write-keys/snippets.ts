export interface SnippetOptions {
  /** Base URL of the API, without a trailing slash. */
  readonly apiUrl: string;
  /** The write key, or null to read it from the environment. */
  readonly writeKey: string | null;
}

export interface HeapSnippet {
  readonly id: string;
  readonly name: string;
  readonly install: string | null;
  readonly render: (options: SnippetOptions) => string;
}

/** Environment variable with the key. */
export const KEY_VARIABLE = "HERON_WRITE_KEY";

/** Runnable examples that send an event and user properties. */
export const HEAP_SNIPPETS: readonly HeapSnippet[] = [
  {
    id: "curl",
    name: "curl",
    install: null,
    render: (options) =>
      [
        toCurlSnippet(options, "track", {
          identity: "ada@example.com",
          event: "Send Email",
          properties: { subject: "Welcome" },
        }),
        toCurlSnippet(options, "add_user_properties", {
          identity: "ada@example.com",
          properties: { plan: "pro" },
        }),
      ].join("\n\n"),
  },
  { id: "node", name: "Node, with heap-api", install: "npm install heap-api", render: toNodeSnippet },
];

/** Without a key, a shell variable in double quotes stands for it. */
function toCurlSnippet({ apiUrl, writeKey }: SnippetOptions, path: string, body: object): string {
  const json = JSON.stringify({ app_id: writeKey ?? KEY_VARIABLE, ...body });
  const quotedJson = `'${json}'`;
  return [
    `curl ${quoteForShell(`${apiUrl}/${path}`)}`,
    "-H 'content-type: application/json'",
    `--data-raw ${writeKey === null ? quotedJson.replace(KEY_VARIABLE, `'"$${KEY_VARIABLE}"'`) : quotedJson}`,
  ].join(" \\\n  ");
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function toNodeSnippet({ apiUrl, writeKey }: SnippetOptions): string {
  return `import heapApi from "heap-api";
import Client from "heap-api/lib/client.js";

const heap = heapApi(${writeKey === null ? `process.env.${KEY_VARIABLE}` : JSON.stringify(writeKey)}, {
  // The client always uses Heap's own host: send its requests here instead.
  _request(options, callback) {
    options.url = options.url.replace("https://heapanalytics.com/api", ${JSON.stringify(apiUrl)});
    return Client.prototype._request.call(this, options, callback);
  },
});

await heap.addUserProperties("ada@example.com", { plan: "pro" });
await heap.track("Send Email", "ada@example.com", { subject: "Welcome" });
`;
}
