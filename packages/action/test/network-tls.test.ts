import { rootCertificates } from "node:tls";
import { beforeAll, describe, expect, test } from "vitest";
import { parseSingleResult } from "./results.ts";
import type { Given } from "./runner/inputs.ts";
import { type Certificates, makeCertificates } from "./runner/servers/certificates.ts";
import { Receiver } from "./runner/servers/receiver.ts";
import { openMutualTlsReceiver, openTlsReceiver, runStepAgainst } from "./secure.ts";
import { expectSigned } from "./signatures.ts";
import { SECRET } from "./step.ts";

/** One that has nothing to do with it. */
const [other = ""] = rootCertificates;
let made: Certificates;
beforeAll(async () => {
  made = await makeCertificates();
});

const delivered = { exitCode: 0, annotations: [], outputs: { ok: "true", attempts: "1" } };

describe.concurrent("an authority of one's own", () => {
  test("is trusted as PEM", async () => {
    await using receiver = await openTlsReceiver(made.server);
    expect(await runStepAgainst(receiver, { ca: made.authority.cert })).toMatchObject(delivered);
    for (const request of receiver.requests) expectSigned(request, SECRET);
    expect(receiver.requests).toHaveLength(1);
  });

  test("is trusted from a file, among others and with words around it", async () => {
    await using receiver = await openTlsReceiver(made.server);
    const bundle = `# ours\n${other}\n# theirs\r\n${made.authority.cert}`;
    const workspaceFiles = { "certs/ca.pem": bundle };
    expect(await runStepAgainst(receiver, { ca: "certs/ca.pem" }, { workspaceFiles })).toMatchObject(
      delivered,
    );
  });

  test("is trusted beside those that Node trusts", async () => {
    await using receiver = await openTlsReceiver(made.server);
    // Stands for the public ones: what is in this variable is among Node's own.
    const workspaceFiles = { "extra.pem": made.authority.cert };
    const rawEnv = { NODE_EXTRA_CA_CERTS: "extra.pem" };
    const step = await runStepAgainst(receiver, { ca: other }, { workspaceFiles, rawEnv });
    expect(step).toMatchObject(delivered);
  });

  test("is suggested for a certificate by an unknown authority", async () => {
    await using receiver = await openTlsReceiver(made.server);
    for (const ca of ["", other]) {
      const step = await runStepAgainst(receiver, { ca });
      expect(parseSingleResult(step)).toMatchObject({
        outcome: "failed",
        responseStatus: null,
        attemptCount: 1,
      });
      expect(parseSingleResult(step).reason).toMatch(/^[A-Z_]+: (?:self-signed certificate in|unable to )/);
    }
    expect(receiver.requests).toEqual([]);
  });
});

describe.concurrent("a server's certificate", () => {
  test.each<[keyof Certificates, RegExp]>([
    ["expired", /^CERT_HAS_EXPIRED: certificate has expired$/],
    ["wrongName", /^ERR_TLS_CERT_ALTNAME_INVALID: .*does not match/],
  ])("that is %s is rejected, once", async (name, reason) => {
    await using receiver = await openTlsReceiver(made[name]);
    const step = await runStepAgainst(receiver, { ca: made.authority.cert });
    expect(step).toMatchObject({ exitCode: 1, outputs: { failed: "1", attempts: "1" } });
    expect(parseSingleResult(step).reason).toMatch(reason);
    expect(step.annotations).toHaveLength(1);
    expect(receiver.requests).toEqual([]);
  });
});

describe.concurrent("a client's certificate", () => {
  test("is shown, as PEM or from files", async () => {
    await using receiver = await openMutualTlsReceiver(made);
    const { cert, key } = made.client;
    const given: Given = { ca: made.authority.cert, "client-cert": cert, "client-key": key };
    expect(await runStepAgainst(receiver, given)).toMatchObject(delivered);
    const files: Given = { ...given, "client-cert": "c.pem", "client-key": "k.pem" };
    const workspaceFiles = { "c.pem": cert, "k.pem": key };
    expect(await runStepAgainst(receiver, files, { workspaceFiles })).toMatchObject(delivered);
    expect(receiver.requests.map(({ client }) => client)).toEqual(["client", "client"]);
  });

  test("that is asked for and not there is a clear reason, and not retried", async () => {
    await using receiver = await openMutualTlsReceiver(made);
    const step = await runStepAgainst(receiver, { ca: made.authority.cert });
    expect(parseSingleResult(step)).toMatchObject({
      attemptCount: 1,
      reason: "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: tlsv13 alert certificate required",
    });
  });

  test("by an authority that the server does not know is not let in", async () => {
    await using receiver = await openMutualTlsReceiver(made);
    const { cert, key } = made.stranger;
    const step = await runStepAgainst(receiver, {
      ca: made.authority.cert,
      "client-cert": cert,
      "client-key": key,
    });
    expect(step).toMatchObject({ exitCode: 1, outputs: { failed: "1" } });
    expect(receiver.requests).toEqual([]);
  });

  const pem = (what: string): string => `-----BEGIN ${what}-----\nAAAA\n-----END ${what}-----\n`;
  const unreadable = "is PEM that cannot be read; a key must have no passphrase.";
  test.each<[string, () => Given, string]>([
    [
      "a certificate without its key",
      () => ({ "client-cert": made.client.cert }),
      "Input client-key is missing: set both client-cert and client-key.",
    ],
    [
      "a key without its certificate",
      () => ({ "client-key": made.client.key }),
      "Input client-cert is missing: set both client-cert and client-key.",
    ],
    [
      "the key of another certificate",
      () => ({ "client-cert": made.client.cert, "client-key": made.stranger.key }),
      "Input client-key is not the key of the certificate in client-cert.",
    ],
    [
      "a broken certificate",
      () => ({ "client-cert": pem("CERTIFICATE"), "client-key": made.client.key }),
      `Input client-cert ${unreadable}`,
    ],
    [
      "a broken key",
      () => ({ "client-cert": made.client.cert, "client-key": pem("PRIVATE KEY") }),
      `Input client-key ${unreadable}`,
    ],
    ["a broken authority", () => ({ ca: pem("CERTIFICATE") }), `Input ca ${unreadable}`],
    ["a key for an authority", () => ({ ca: made.authority.key }), `Input ca ${unreadable}`],
  ])("that is %s is rejected before anything is sent", async (_, given, message) => {
    await using receiver = await openTlsReceiver(made.server);
    const step = await runStepAgainst(receiver, given());
    expect(step).toMatchObject({ exitCode: 1, outputs: { ok: "false", attempts: "0" } });
    expect(step.annotations.map((annotation) => annotation.message)).toEqual([message]);
  });
});

test("http spoken where https is expected is a reason in one line", async () => {
  await using receiver = await openTlsReceiver(made.server);
  const step = await runStepAgainst(receiver, { url: `http://127.0.0.1:${receiver.port}/` });
  expect(parseSingleResult(step).reason).toMatch(/^ECONNRESET: |^HPE_/);
});

test("https spoken where http is expected is a reason in one line", async () => {
  await using receiver = await Receiver.open();
  const step = await runStepAgainst(receiver, { url: `https://127.0.0.1:${receiver.port}/` });
  expect(parseSingleResult(step).reason).toBe("write EPROTO wrong version number");
});
