/** Why a name has no addresses: a code of `node:dns`, and a sentence for the webhook's owner. */
export class LookupError extends Error {
  override readonly name: string = "LookupError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The look-up got no place in time. That says nothing about the name: the attempt was not made. */
export class LookupPostponedError extends LookupError {
  override readonly name = "LookupPostponedError";

  constructor(hostname: string) {
    super("EAGAIN", `The look-up of ${hostname} was delayed. Try again in a moment.`);
  }
}

/** The error for a look-up that `node:dns` failed with this code. */
export function lookupError(hostname: string, code: string): LookupError {
  return new LookupError(code, sentence(hostname, code));
}

function sentence(hostname: string, code: string): string {
  switch (code) {
    case "ENOTFOUND":
      return `the name ${hostname} does not exist`;
    case "ENODATA":
      return `the name ${hostname} has no address`;
    case "ETIMEOUT":
      return `the name server for ${hostname} did not answer in time`;
    case "ECONNREFUSED":
      return `no name server could be reached to look up ${hostname}`;
    case "ESERVFAIL":
    case "EREFUSED":
      return `the name server for ${hostname} answered with a failure`;
    default:
      return `the name ${hostname} could not be looked up`;
  }
}
