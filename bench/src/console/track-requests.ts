/** The write key of the servers. */
export const KEY: string = `app_${"k".repeat(32)}`;

let requestCount = 0;

/** Requests as Heap's clients send them, with bodies of about 300 bytes and a new user each. */
export function createTrackRequests(path: string): (port: number) => () => Buffer {
  return (port) => () => {
    const number = String(requestCount++).padStart(10, "0");
    const body = JSON.stringify({
      app_id: KEY,
      event: "Send Transactional Email",
      identity: `user-${number}@example.com`,
      properties: {
        subject: "Welcome to the application",
        variation: "A",
        attempts: 1,
        flavors: ["vanilla", "mint"],
      },
      idempotency_key: `email-${number}`,
    });
    const head = [
      `POST ${path} HTTP/1.1`,
      `host: 127.0.0.1:${port}`,
      "user-agent: bench",
      "accept: application/json",
      "content-type: application/json",
      `content-length: ${Buffer.byteLength(body)}`,
    ];
    return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
  };
}
