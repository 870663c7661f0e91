import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { listening } from "./listening.ts";

export interface Proxied {
  readonly kind: "tunnel" | "forward";
  /** `host:port`, as the client named it. */
  readonly target: string;
  /** The status for the client: 407 without the password, 502 for an unreachable target. */
  readonly status: number;
  /** The user that it said it is. */
  readonly user: string | null;
}

export interface ConnectProxyOptions {
  /** Asks for them; without, anyone may pass. */
  readonly user?: string;
  readonly password?: string;
  /** Where `host:port` really is, as a port of loopback; others are connected to as they are named. */
  readonly routes?: Readonly<Record<string, number>>;
}

/** A forward proxy: CONNECT for TLS, absolute URLs for plain HTTP. */
export class ConnectProxy implements AsyncDisposable {
  readonly port: number;
  /** With user and password, as a proxy variable holds it. */
  readonly url: string;
  readonly proxied: Proxied[] = [];
  readonly #options: ConnectProxyOptions;
  readonly #tunnels = new Set<Duplex>();
  readonly #close: () => Promise<void>;

  private constructor(port: number, options: ConnectProxyOptions, close: () => Promise<void>) {
    const { user, password = "" } = options;
    const who = user === undefined ? "" : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
    this.port = port;
    this.url = `http://${who}127.0.0.1:${port}`;
    this.#options = options;
    this.#close = close;
  }

  static async open(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
    const server = createServer();
    const { port, close } = await listening(server);
    const proxy = new ConnectProxy(port, options, close);
    server.on("connect", (request: IncomingMessage, client: Duplex, head: Buffer) =>
      proxy.#tunnel(request, client, head),
    );
    server.on("request", (request: IncomingMessage, response: ServerResponse) =>
      proxy.#forward(request, response),
    );
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#tunnels) end.destroy();
    await this.#close();
  }

  #tunnel(request: IncomingMessage, client: Duplex, head: Buffer): void {
    const target = request.url ?? "";
    const note = this.#noteFor("tunnel", target, request);
    if (!this.#admits(request)) {
      note(407);
      client.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\n\r\n',
      );
      return;
    }
    const { host, port } = this.#place(target);
    let connected = false;
    const upstream = connect(port, host, () => {
      connected = true;
      note(200);
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.once("error", () => {
      if (!connected) {
        note(502);
        client.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
      } else client.destroy();
    });
    for (const [end, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#tunnels.add(end);
      end.on("error", () => other.destroy());
      end.on("close", () => this.#tunnels.delete(end));
    }
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const url = URL.parse(request.url ?? "");
    if (url?.protocol !== "http:") {
      response.writeHead(400).end("a proxy wants an absolute URL");
      return;
    }
    const target = `${url.hostname}:${url.port || 80}`;
    const note = this.#noteFor("forward", target, request);
    if (!this.#admits(request)) {
      note(407);
      response.writeHead(407, { "proxy-authenticate": 'Basic realm="proxy"' }).end();
      return;
    }
    const { "proxy-authorization": _, "proxy-connection": __, ...headers } = request.headers;
    const { method } = request;
    const path = url.pathname + url.search;
    const upstream = sendRequest({ ...this.#place(target), method, path, headers, agent: false }, (reply) => {
      note(reply.statusCode ?? 0);
      response.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
      reply.pipe(response);
      reply.on("error", () => response.destroy());
    });
    upstream.on("error", () => {
      if (response.headersSent) response.destroy();
      else {
        note(502);
        response.writeHead(502).end();
      }
    });
    response.on("close", () => upstream.destroy());
    request.pipe(upstream);
  }

  #noteFor(kind: Proxied["kind"], target: string, request: IncomingMessage): (status: number) => void {
    const user = credentials(request)?.split(":")[0] ?? null;
    return (status) => this.proxied.push({ kind, target, status, user });
  }

  #admits(request: IncomingMessage): boolean {
    const { user, password = "" } = this.#options;
    return user === undefined || credentials(request) === `${user}:${password}`;
  }

  #place(target: string): { readonly host: string; readonly port: number } {
    const route = this.#options.routes?.[target];
    if (route !== undefined) return { host: "127.0.0.1", port: route };
    const colon = target.lastIndexOf(":");
    return { host: target.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(target.slice(colon + 1)) };
  }
}

function credentials(request: IncomingMessage): string | null {
  const [, coded] = /^basic +(\S+)$/i.exec(request.headers["proxy-authorization"] ?? "") ?? [];
  return coded === undefined ? null : Buffer.from(coded, "base64").toString();
}
