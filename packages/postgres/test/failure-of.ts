import { HeronError } from "@heron-webhooks/core";

/** What a call rejects with, which must be one of the toolkit's own errors. */
export async function failureOf(asked: unknown): Promise<HeronError> {
  const error: unknown = await Promise.resolve(asked).then(
    (answer) => new Error(`it answered ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  );
  if (HeronError.is(error)) return error;
  throw error;
}
