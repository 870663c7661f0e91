import { createInterface } from "node:readline";

/** Says how to go on, for a person at a terminal. */
export function invite(
  link: string,
  receivers: readonly { readonly url: string; readonly secret: string }[],
): void {
  console.log(`\nThe console, in a browser: ${link}`);
  console.log("\nSend an event by hand, from another terminal:\n");
  for (const { url, secret } of receivers) console.log(`${curl(url, secret)}\n`);
  const again = process.stdin.isTTY ? "Enter has the application emit once more. " : "";
  console.log(`${again}Ctrl-C ends everything.\n`);
}

export function onEnter(again: () => void): void {
  if (process.stdin.isTTY) createInterface({ input: process.stdin }).on("line", again);
}

/** A signed request, made with openssl alone. */
function curl(url: string, secret: string): string {
  const body = `{"topic":"end_user.reviewed","created":"'$(date -u +%FT%T+00:00)'","data":{"end_user_id":"by hand"},"meta":null}`;
  const signature = `$(printf %s "$body" | openssl dgst -sha256 -hmac '${secret}' -binary | base64)`;
  return `body='${body}'; curl -i ${url} -H "Heron-Signature: ${signature}" --data-binary "$body"`;
}
