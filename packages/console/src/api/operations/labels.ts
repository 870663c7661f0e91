import { HeronError } from "@heron-webhooks/core";
import type { Condition, Label, LabelChanges, LabelInput } from "@heron-webhooks/sender";
import type { Answer, Operation } from "../operation.ts";
import { Problem } from "../problem.ts";
import { ref } from "../schemas.ts";
import { timeOf } from "../shown.ts";

const FOUND = { 404: { description: "There is no such label.", schema: ref("Problem") } } as const;

export const LABELS: readonly Operation[] = [
  {
    method: "get",
    path: "/labels",
    name: "listLabels",
    tag: "labels",
    summary: "Lists labels, by name",
    answers: { 200: { description: "All of them.", schema: ref("Labels") } },
    async run({ sender }) {
      return { status: 200, body: { labels: (await sender.labels.list()).map(shownLabel) } };
    },
  },
  {
    method: "post",
    path: "/labels",
    name: "createLabel",
    tag: "labels",
    summary: "Names events: what matches is an event of the label's topic too, from now on",
    body: ref("NewLabel"),
    answers: {
      201: { description: "It is made.", schema: ref("LabelAnswer") },
      409: {
        description: "There is one of this name, or the account has as many as it may have.",
        schema: ref("Problem"),
      },
    },
    async run({ sender, body }) {
      const label = await refused(sender.labels.create(body as LabelInput));
      return { ...answer(label, 201), headers: { location: `labels/${label.name}` } };
    },
  },
  {
    method: "get",
    path: "/labels/{id}",
    name: "getLabel",
    tag: "labels",
    summary: "A label, by its name",
    answers: { 200: { description: "It.", schema: ref("LabelAnswer") }, ...FOUND },
    run: async ({ sender, id }) => answer(await sender.labels.get(id)),
  },
  {
    method: "put",
    path: "/labels/{id}",
    name: "updateLabel",
    tag: "labels",
    summary: "Changes what is given of a label, and leaves the rest",
    body: ref("LabelChanges"),
    answers: { 200: { description: "As it is now.", schema: ref("LabelAnswer") }, ...FOUND },
    run: async ({ sender, id, body }) =>
      answer(await refused(sender.labels.update(id, body as LabelChanges))),
  },
  {
    method: "delete",
    path: "/labels/{id}",
    name: "deleteLabel",
    tag: "labels",
    summary: "Removes a label; what it made stays",
    answers: { 204: { description: "It is gone.", schema: null }, ...FOUND },
    async run({ sender, id }) {
      await sender.labels.remove(id);
      return { status: 204 };
    },
  },
  {
    method: "post",
    path: "/webhooks/matching",
    name: "matchEvents",
    tag: "webhooks",
    summary: "What of the newest events such patterns and conditions would choose",
    body: ref("MatchingRequest"),
    answers: { 200: { description: "How many, and the newest of them.", schema: ref("Matching") } },
    async run({ sender, body }) {
      const { topics, when } = body as { topics: readonly string[]; when?: readonly Condition[] };
      const { events, ...counts } = await sender.webhooks.matching({ topics, when });
      const shown = events.map(({ id, published, ...event }) => ({
        heron_id: id,
        ...event,
        published: timeOf(published),
      }));
      return { status: 200, body: { ...counts, events: shown } };
    },
  },
];

/** The pattern of a label stands elsewhere than those of a webhook. */
async function refused(work: Promise<Label>): Promise<Label> {
  try {
    return await work;
  } catch (error) {
    if (!HeronError.is(error, "pattern_invalid")) throw error;
    const errors = [{ pointer: "/pattern", message: error.message }];
    throw new Problem(400, error.message, { reason: error.code, errors });
  }
}

function answer(label: Label, status = 200): Answer {
  return { status, body: { label: shownLabel(label) } };
}

function shownLabel({ name, topic, pattern, when, description, created }: Label): object {
  return { name, topic, pattern, when, description, created: timeOf(created) };
}
