import { HeronError } from "@heron-webhooks/core";
import type { Condition, Label, LabelUpdate, LabelInput } from "@heron-webhooks/sender";
import type { OperationResult, Operation } from "../operation.ts";
import { Problem } from "../problem.ts";
import { ref } from "../schemas.ts";
import { toIsoTime } from "../dto/webhook-dto.ts";

const NOT_FOUND_RESPONSE = { 404: { description: "There is no such label.", schema: ref("Problem") } } as const;

export const LABELS: readonly Operation[] = [
  {
    method: "get",
    path: "/labels",
    operationId: "listLabels",
    tag: "labels",
    summary: "Lists labels, by name",
    responses: { 200: { description: "All of them.", schema: ref("Labels") } },
    async run({ sender }) {
      return { status: 200, body: { labels: (await sender.labels.list()).map(toLabelDto) } };
    },
  },
  {
    method: "post",
    path: "/labels",
    operationId: "createLabel",
    tag: "labels",
    summary: "Names events: what matches is an event of the label's topic too, from now on",
    body: ref("NewLabel"),
    responses: {
      201: { description: "It is made.", schema: ref("LabelAnswer") },
      409: {
        description: "There is one of this name, or the account has as many as it may have.",
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
    summary: "A label, by its name",
    responses: { 200: { description: "It.", schema: ref("LabelAnswer") }, ...NOT_FOUND_RESPONSE },
    run: async ({ sender, id }) => toLabelResult(await sender.labels.get(id)),
  },
  {
    method: "put",
    path: "/labels/{id}",
    operationId: "updateLabel",
    tag: "labels",
    summary: "Changes what is given of a label, and leaves the rest",
    body: ref("LabelChanges"),
    responses: { 200: { description: "As it is now.", schema: ref("LabelAnswer") }, ...NOT_FOUND_RESPONSE },
    run: async ({ sender, id, body }) =>
      toLabelResult(await withPatternPointer(sender.labels.update(id, body as LabelUpdate))),
  },
  {
    method: "delete",
    path: "/labels/{id}",
    operationId: "deleteLabel",
    tag: "labels",
    summary: "Removes a label; what it made stays",
    responses: { 204: { description: "It is gone.", schema: null }, ...NOT_FOUND_RESPONSE },
    async run({ sender, id }) {
      await sender.labels.delete(id);
      return { status: 204 };
    },
  },
  {
    method: "post",
    path: "/webhooks/matching",
    operationId: "matchEvents",
    tag: "webhooks",
    summary: "What of the newest events such patterns and conditions would choose",
    body: ref("MatchingRequest"),
    responses: { 200: { description: "How many, and the newest of them.", schema: ref("Matching") } },
    async run({ sender, body }) {
      const { topics, when: conditions } = body as { topics: readonly string[]; when?: readonly Condition[] };
      const { events, ...counts } = await sender.webhooks.previewMatches({ topics, conditions });
      const eventDtos = events.map(({ id, publishedAt, ...event }) => ({
        heron_id: id,
        ...event,
        published: toIsoTime(publishedAt),
      }));
      return { status: 200, body: { ...counts, events: eventDtos } };
    },
  },
];

/** The pattern of a label stands elsewhere than those of a webhook. */
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
  return { name, topic, pattern, when: conditions, description, created: toIsoTime(createdAt) };
}
