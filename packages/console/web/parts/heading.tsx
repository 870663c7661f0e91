import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { currentRoute, focusHeading } from "../router.tsx";

/** The heading of a page, which gets the focus after navigation, and the document title. */
export function Heading({
  title,
  children = title,
  isLoading = false,
}: {
  readonly title: string;
  /** The final heading follows after loading and takes the focus. */
  readonly isLoading?: boolean;
  readonly children?: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { path } = currentRoute.value;
  useEffect(() => {
    document.title = `${title} · Heron`;
  }, [title]);
  useEffect(() => {
    if (isLoading) return;
    // After back navigation, a list takes the focus first.
    const frame = requestAnimationFrame(() => heading.current !== null && focusHeading(heading.current));
    return () => cancelAnimationFrame(frame);
  }, [path, isLoading]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
