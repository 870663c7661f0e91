import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";

export interface TestRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface TestResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends one request over a new connection. */
export function sendRequest(
  port: number,
  { method = "GET", path = "/", headers = {}, body }: TestRequest = {},
): Promise<TestResponse> {
  return new Promise((resolve, reject) => {
    // Without keep-alive the request sends `Connection: close`.
    const agent = new Agent({ keepAlive: true });
    const length =
      body === undefined || "transfer-encoding" in headers
        ? {}
        : { "content-length": String(Buffer.byteLength(body)) };
    const sent = httpRequest(
      { host: "127.0.0.1", port, method, path, headers: { ...length, ...headers }, agent },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          agent.destroy();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString("utf8"),
          });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
