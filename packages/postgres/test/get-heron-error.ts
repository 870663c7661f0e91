import { HeronError } from "@heron-webhooks/core";

/** What a call rejects with, which must be one of the toolkit's own errors. */
export async function getHeronError(operation: unknown): Promise<HeronError> {
  const error: unknown = await Promise.resolve(operation).then(
    (answer) => new Error(`it answered ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  );
  if (HeronError.is(error)) return error;
  throw error;
}
