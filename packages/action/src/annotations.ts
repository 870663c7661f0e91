import type { AnnotationProperties } from "@actions/core";

/** What stands above each of the step's annotations. */
export const TITLED: AnnotationProperties = { title: "Heron Webhooks" };
