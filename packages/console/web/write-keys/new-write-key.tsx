import { useEffect, useRef } from "preact/hooks";
import { CopyButton } from "../parts/code.tsx";

/** A new write key, which is shown only once. */
export function NewWriteKey({
  name,
  value,
  onDone,
}: {
  readonly name: string;
  readonly value: string;
  readonly onDone: () => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [value]);
  return (
    <section class="card new-key" aria-label="New write key">
      <h2 ref={heading} tabIndex={-1}>
        {name === "" ? "New write key" : `Write key “${name}”`}
      </h2>
      <p class="actions">
        <code>{value}</code> <CopyButton text={() => value} label="Copy key" />
      </p>
      <p>Copy it now. It will not be shown again. The code below includes it until you leave this page.</p>
      <p class="actions">
        <button type="button" onClick={onDone}>
          Done
        </button>
      </p>
    </section>
  );
}
