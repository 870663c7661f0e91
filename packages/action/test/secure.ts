import type { Given } from "./runner/inputs.ts";
import { runStep, type StepResult } from "./runner/run-step.ts";
import type { Certificate, Certificates } from "./runner/servers/certificates.ts";
import { Receiver } from "./runner/servers/receiver.ts";
import { SECRET, type StepSettings } from "./step.ts";

/** A webhook over TLS, with this certificate. */
export function openTlsReceiver(certificate: Certificate): Promise<Receiver> {
  return Receiver.open({ tls: { ...certificate } });
}

/** The same, but requires a client certificate by the authority. */
export function openMutualTlsReceiver({ server, authority }: Certificates): Promise<Receiver> {
  return Receiver.open({
    tls: { ...server, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
  });
}

/** Runs a step that posts to a webhook, with two attempts and no wait between them. */
export function runStepAgainst(
  receiver: Receiver,
  given: Given = {},
  around: StepSettings = {},
): Promise<StepResult> {
  return runStep({
    ...around,
    with: { url: receiver.url("/hook"), secret: SECRET, retries: 1, "max-retry-delay": "10ms", ...given },
  });
}
