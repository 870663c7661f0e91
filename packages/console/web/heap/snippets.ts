export interface SnippetOptions {
  /** Where the API is, as programs see it, without a slash behind. */
  readonly api: string;
  /** The write key; null while it is not known. */
  readonly key: string | null;
}

export interface HeapSnippet {
  readonly id: string;
  readonly name: string;
  readonly install: string | null;
  readonly code: (options: SnippetOptions) => string;
}

/** What stands for the key where it is not known. */
export const KEY_VARIABLE = "HERON_WRITE_KEY";

/** What programs do to write here, ready to run. */
export const HEAP_SNIPPETS: readonly HeapSnippet[] = [
  {
    id: "curl",
    name: "curl",
    install: null,
    code: (options) =>
      [
        curl(options, "track", {
          identity: "ada@example.com",
          event: "Send Email",
          properties: { subject: "Welcome" },
        }),
        curl(options, "add_user_properties", { identity: "ada@example.com", properties: { plan: "pro" } }),
      ].join("\n\n"),
  },
  { id: "node", name: "Node, with heap-api", install: "npm install heap-api", code: node },
];

/** Without a key, it is a variable of the shell's: that alone is in double quotes. */
function curl({ api, key }: SnippetOptions, path: string, body: object): string {
  const json = JSON.stringify({ app_id: key ?? KEY_VARIABLE, ...body });
  const quoted = `'${json}'`;
  return [
    `curl ${shellText(`${api}/${path}`)}`,
    "-H 'content-type: application/json'",
    `--data-raw ${key === null ? quoted.replace(KEY_VARIABLE, `'"$${KEY_VARIABLE}"'`) : quoted}`,
  ].join(" \\\n  ");
}

function shellText(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function node({ api, key }: SnippetOptions): string {
  return `import heapApi from "heap-api";
import Client from "heap-api/lib/client.js";

const heap = heapApi(${key === null ? `process.env.${KEY_VARIABLE}` : JSON.stringify(key)}, {
  // The client has Heap's own host written into it: its requests are led here instead.
  _request(options, callback) {
    options.url = options.url.replace("https://heapanalytics.com/api", ${JSON.stringify(api)});
    return Client.prototype._request.call(this, options, callback);
  },
});

await heap.addUserProperties("ada@example.com", { plan: "pro" });
await heap.track("Send Email", "ada@example.com", { subject: "Welcome" });
`;
}
