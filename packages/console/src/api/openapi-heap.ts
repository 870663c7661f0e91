import { ref } from "./schemas.ts";

const JSON_TYPE = "application/json";

const ERROR_CONTENT = { "text/plain": { schema: { type: "string" } } } as const;

function toHeapPath(operationId: string, summary: string, schemas: readonly string[]): object {
  return {
    post: {
      operationId,
      tags: ["heap"],
      summary,
      description:
        "As Heap's server-side API has it, one or many. `app_id` is a write key: no other key is needed.",
      security: [],
      requestBody: { required: true, content: { [JSON_TYPE]: { schema: { anyOf: schemas.map(ref) } } } },
      responses: {
        200: {
          description: "All of it is durable.",
          content: { [JSON_TYPE]: { schema: ref("HeapAccepted") } },
        },
        400: {
          description: "Something is wrong, and nothing was kept: a line for each field.",
          content: ERROR_CONTENT,
        },
        401: { description: "`app_id` is no write key.", content: ERROR_CONTENT },
        409: {
          description: "The account has as many pending as it may: a line for each that was not kept.",
          content: ERROR_CONTENT,
        },
        413: { description: "The body is too large." },
        429: { description: "Heap's limits: `retry-after` says when to go on.", content: ERROR_CONTENT },
        503: { description: "The store cannot be used for now.", content: ERROR_CONTENT },
      },
    },
  };
}

/** What Heap's clients post. */
export const HEAP_PATHS: Readonly<Record<string, object>> = {
  "/api/track": toHeapPath("track", "Emits events by Heap's names for them", ["HeapTrack", "HeapTrackBulk"]),
  "/api/add_user_properties": toHeapPath("addHeapUserProperties", "Puts properties over those that users have", [
    "HeapUserProperties",
    "HeapUserPropertiesBulk",
  ]),
};
