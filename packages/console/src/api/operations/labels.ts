import { HeronError } from "@heron-webhooks/core";
import type { Condition, Label, LabelInput, LabelUpdate } from "@heron-webhooks/sender";
import { toIsoTime } from "../dto/webhook-dto.ts";
import type { Operation, OperationResult } from "../operation.ts";
import { Problem } from "../problem.ts";
import { ref } from "../schemas.ts";

const NOT_FOUND_RESPONSE = { 404: { description: "Label not found.", schema: ref("Problem") } } as const;

export const LABELS: readonly Operation[] = [
  {
    method: "get",
    path: "/labels",
    operationId: "listLabels",
    tag: "labels",
    summary: "List labels by name",
    responses: { 200: { description: "The list.", schema: ref("LabelList") } },
    async run({ sender }) {
      return { status: 200, body: { labels: (await sender.labels.list()).map(toLabelDto) } };
    },
  },
  {
    method: "post",
    path: "/labels",
    operationId: "createLabel",
    tag: "labels",
    summary: "Create a label",
    body: ref("CreateLabelRequest"),
    responses: {
      201: { description: "Created.", schema: ref("LabelResponse") },
      409: {
        description: "The name is taken, or the limit is reached.",
        schema: ref("Problem"),
      },
    },
    async run({ sender, body }) {
      const label = await withPatternPointer(sender.labels.create(body as LabelInput));
      return { ...toLabelResult(label, 201), headers: { location: `labels/${label.name}` } };
    },
  },
  {
    method: "get",
    path: "/labels/{id}",
    operationId: "getLabel",
    tag: "labels",
    summary: "Get a label",
    responses: { 200: { description: "The label.", schema: ref("LabelResponse") }, ...NOT_FOUND_RESPONSE },
    run: async ({ sender, id }) => toLabelResult(await sender.labels.get(id)),
  },
  {
    method: "put",
    path: "/labels/{id}",
    operationId: "updateLabel",
    tag: "labels",
    summary: "Update a label",
    body: ref("UpdateLabelRequest"),
    responses: {
      200: { description: "The updated label.", schema: ref("LabelResponse") },
      ...NOT_FOUND_RESPONSE,
    },
    run: async ({ sender, id, body }) =>
      toLabelResult(await withPatternPointer(sender.labels.update(id, body as LabelUpdate))),
  },
  {
    method: "delete",
    path: "/labels/{id}",
    operationId: "deleteLabel",
    tag: "labels",
    summary: "Delete a label; its past events stay",
    responses: { 204: { description: "Deleted.", schema: null }, ...NOT_FOUND_RESPONSE },
    async run({ sender, id }) {
      await sender.labels.delete(id);
      return { status: 204 };
    },
  },
  {
    method: "post",
    path: "/webhooks/preview-matches",
    operationId: "previewMatches",
    tag: "webhooks",
    summary: "Preview which recent events match",
    body: ref("PreviewMatchesRequest"),
    responses: {
      200: { description: "Counts and the newest matching events.", schema: ref("MatchPreview") },
    },
    async run({ sender, body }) {
      const input = body as { topics: readonly string[]; conditions?: readonly Condition[] };
      const { examinedCount, matchedCount, events } = await sender.webhooks.previewMatches(input);
      const eventDtos = events.map(({ id, publishedAt, ...event }) => ({
        heron_id: id,
        ...event,
        published_at: toIsoTime(publishedAt),
      }));
      return {
        status: 200,
        body: { examined_count: examinedCount, matched_count: matchedCount, events: eventDtos },
      };
    },
  },
];

/** Points `pattern_invalid` to the field of a label instead of that of a webhook. */
async function withPatternPointer(work: Promise<Label>): Promise<Label> {
  try {
    return await work;
  } catch (error) {
    if (!HeronError.is(error, "pattern_invalid")) throw error;
    const errors = [{ pointer: "/pattern", message: error.message }];
    throw new Problem(400, error.message, { reason: error.code, errors });
  }
}

function toLabelResult(label: Label, status = 200): OperationResult {
  return { status, body: { label: toLabelDto(label) } };
}

function toLabelDto({ name, topic, pattern, conditions, description, createdAt }: Label): object {
  return { name, topic, pattern, conditions, description, created: toIsoTime(createdAt) };
}
