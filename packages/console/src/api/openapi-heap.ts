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
        "Compatible with Heap's server-side API; single or bulk. `app_id` is a write key; no other key is needed.",
      security: [],
      requestBody: { required: true, content: { [JSON_TYPE]: { schema: { anyOf: schemas.map(ref) } } } },
      responses: {
        200: {
          description: "Stored durably.",
          content: { [JSON_TYPE]: { schema: ref("HeapAccepted") } },
        },
        400: {
          description: "Invalid; nothing was stored. One line per field.",
          content: ERROR_CONTENT,
        },
        401: { description: "`app_id` is not a valid write key.", content: ERROR_CONTENT },
        409: {
          description: "Pending limit reached. One line per rejected event.",
          content: ERROR_CONTENT,
        },
        413: { description: "The body is too large." },
        429: { description: "Rate limit exceeded. See `retry-after`.", content: ERROR_CONTENT },
        503: { description: "The store is temporarily unavailable.", content: ERROR_CONTENT },
      },
    },
  };
}

/** The Heap-compatible paths of the document. */
export const HEAP_PATHS: Readonly<Record<string, object>> = {
  "/api/track": toHeapPath("track", "Track events", ["HeapTrack", "HeapTrackBulk"]),
  "/api/add_user_properties": toHeapPath("addHeapUserProperties", "Set user properties", [
    "HeapUserProperties",
    "HeapUserPropertiesBulk",
  ]),
};
