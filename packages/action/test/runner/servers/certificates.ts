import { randomUUID } from "node:crypto";
import { generate } from "selfsigned";

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  /** What has to be trusted, for all but `stranger`. */
  readonly authority: Certificate;
  readonly server: Certificate;
  /** For the right names, and out of date since yesterday. */
  readonly expired: Certificate;
  /** In date, and for `wrong.invalid` alone. */
  readonly wrongName: Certificate;
  /** A client's, with the common name `client`. */
  readonly client: Certificate;
  /** A client's certificate with the common name `stranger`, by an untrusted authority. */
  readonly stranger: Certificate;
}

const day = 24 * 60 * 60 * 1000;

/** Makes one of each, the server's for these names or addresses. Takes a while: once in a test file is enough. */
export async function makeCertificates(
  names: readonly string[] = ["localhost", "127.0.0.1"],
): Promise<Certificates> {
  const [authority, other] = await Promise.all([
    makeAuthority(`harness ${randomUUID()}`),
    makeAuthority("another"),
  ]);
  const [server, expired, wrongName, client, stranger] = await Promise.all([
    issue(authority, { commonName: "server", names }),
    issue(authority, { commonName: "server", names, until: Date.now() - day }),
    issue(authority, { commonName: "server", names: ["wrong.invalid"] }),
    issue(authority, { commonName: "client" }),
    issue(other, { commonName: "stranger" }),
  ]);
  return { authority, server, expired, wrongName, client, stranger };
}

export interface Subject {
  readonly commonName: string;
  /** Names or IP addresses of a server; none makes it a client's certificate. */
  readonly names?: readonly string[];
  /** When it ends, in milliseconds; it began two days before. Default, tomorrow. */
  readonly until?: number;
}

/** A certificate by an authority. */
export async function issue(
  authority: Certificate,
  { commonName, names = [], until = Date.now() + day }: Subject,
): Promise<Certificate> {
  const altNames = names.map((name) =>
    /^[\d.]+$|:/.test(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name },
  );
  return await make(commonName, {
    ca: authority,
    notBeforeDate: new Date(until - 2 * day),
    notAfterDate: new Date(until),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: names.length > 0, clientAuth: names.length === 0 },
      ...(altNames.length > 0 ? [{ name: "subjectAltName" as const, altNames }] : []),
    ],
  });
}

async function makeAuthority(commonName: string): Promise<Certificate> {
  return await make(commonName, {
    notBeforeDate: new Date(Date.now() - 7 * day),
    notAfterDate: new Date(Date.now() + 7 * day),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
}

async function make(
  commonName: string,
  options: NonNullable<Parameters<typeof generate>[1]>,
): Promise<Certificate> {
  const made = await generate([{ name: "commonName", value: commonName }], {
    keyType: "ec",
    algorithm: "sha256",
    ...options,
  });
  return { cert: made.cert, key: made.private };
}
