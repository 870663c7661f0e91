import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const url = (specifier: string): string => JSON.stringify(import.meta.resolve(specifier));

/** Runs in a process where, as in a Cloudflare Worker, no code may be made from strings. */
async function hardened(code: string): Promise<string> {
  const flags = ["--disallow-code-generation-from-strings", "--input-type=module", "-e"];
  return (await promisify(execFile)(process.execPath, [...flags, code])).stdout.trim();
}

test("core and the Express adapter need no code made from strings", async () => {
  const code = `
    import { createServer } from "node:http";
    import { once } from "node:events";
    const { createReceiver, webRequest } = await import(${url("@heron-webhooks/core/receiver")});
    const { signedRequest } = await import(${url("@heron-webhooks/core/testing")});
    const { heronWebhook } = await import(${url("@heron-webhooks/express")});
    const express = (await import(${url("express")})).default;
    const event = { topic: "end_user.processed", data: {} };
    const receiver = createReceiver({ secret: "sec_test", on: {} });
    const request = new Request("http://localhost/webhooks/heron", signedRequest(event, "sec_test"));
    const statuses = [(await receiver.receive(webRequest(request))).status];
    const server = createServer(express().use(heronWebhook({ secret: "sec_test", on: {} }))).listen(0, "127.0.0.1");
    await once(server, "listening");
    const target = "http://127.0.0.1:" + server.address().port + "/webhooks/heron";
    statuses.push((await fetch(target, signedRequest(event, "sec_test"))).status);
    statuses.push((await fetch(target, signedRequest(event, "sec_other"))).status);
    server.closeAllConnections();
    server.close();
    console.log(statuses.join(" "));
  `;
  expect(await hardened(code)).toBe("200 200 401");
}, 60_000);
