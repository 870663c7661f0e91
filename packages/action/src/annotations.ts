import type { AnnotationProperties } from "@actions/core";

/** What stands above each of the step's annotations. */
export const ANNOTATION_PROPERTIES: AnnotationProperties = { title: "Heron Webhooks" };
