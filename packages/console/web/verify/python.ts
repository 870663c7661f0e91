import type { ReceiverOptions } from "./receiver-options.ts";

export function toPythonSnippet({ path, receivesEvents }: ReceiverOptions): string {
  const printStatement = receivesEvents ? 'print(message["topic"], message["data"])' : "print(message)";
  return `import base64
import hashlib
import hmac
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["HERON_WEBHOOK_SECRET"].encode()
if not SECRET:
    raise SystemExit("HERON_WEBHOOK_SECRET is empty")


def is_signed(body: bytes, signature: str) -> bool:
    """Pass the raw body: request.get_data() in Flask, request.body in Django,
    await request.body() in FastAPI."""
    mac = hmac.new(SECRET, body, hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(mac), signature.encode())


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path != ${JSON.stringify(path)}:
            return self.respond(404)
        if not is_signed(body, self.headers.get("Heron-Signature", "")):
            return self.respond(401)
        message = json.loads(body)
        ${printStatement}
        self.respond(200)

    def respond(self, status: int):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


ThreadingHTTPServer(("", int(os.environ.get("PORT", "3000"))), Receiver).serve_forever()
`;
}
