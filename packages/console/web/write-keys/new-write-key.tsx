import { useEffect, useRef } from "preact/hooks";
import { CopyButton } from "../parts/code.tsx";

/** A key that was just made, which nobody is told again. */
export function NewWriteKey({
  name,
  value,
  done: onDone,
}: {
  readonly name: string;
  readonly value: string;
  readonly done: () => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [value]);
  return (
    <section class="card told" aria-label="New write key">
      <h2 ref={heading} tabIndex={-1}>
        {name === "" ? "New write key" : `The write key for ${name}`}
      </h2>
      <p class="actions">
        <code>{value}</code> <CopyButton text={() => value} what="Copy the key" />
      </p>
      <p>Copy it now. It will not be shown again. The code below includes it until you leave this page.</p>
      <p class="actions">
        <button type="button" onClick={onDone}>
          I have it
        </button>
      </p>
    </section>
  );
}
