import { HeronError } from "@heron-webhooks/core";

/** The error that an operation rejects with, which must be a HeronError. */
export async function getHeronError(operation: unknown): Promise<HeronError> {
  const error: unknown = await Promise.resolve(operation).then(
    (result) => new Error(`it resolved with ${JSON.stringify(result)}`),
    (thrown: unknown) => thrown,
  );
  if (HeronError.is(error)) return error;
  throw error;
}
