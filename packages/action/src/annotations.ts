import type { AnnotationProperties } from "@actions/core";

/** The title of each annotation. */
export const ANNOTATION_PROPERTIES: AnnotationProperties = { title: "Heron Webhooks" };
