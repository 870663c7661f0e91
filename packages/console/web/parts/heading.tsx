import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { focusHeading, currentRoute } from "../router.tsx";

/** What a page is: its heading, which has the focus when one comes to it, and the title of the document. */
export function Heading({
  title,
  children = title,
  isProvisional: isLoading = false,
}: {
  readonly title: string;
  /** Another comes soon, once it is known what this is of; the focus is for that one. */
  readonly isProvisional?: boolean;
  readonly children?: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { path } = currentRoute.value;
  useEffect(() => {
    document.title = `${title} · Heron`;
  }, [title]);
  useEffect(() => {
    if (isLoading) return;
    // A list that one comes back to takes the focus before that.
    const frame = requestAnimationFrame(() => heading.current !== null && focusHeading(heading.current));
    return () => cancelAnimationFrame(frame);
  }, [path, isLoading]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
