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
    <section class="card told" aria-label="The new write key">
      <h2 ref={heading} tabIndex={-1}>
        {name === "" ? "The new write key" : `The write key for ${name}`}
      </h2>
      <p class="actions">
        <code>{value}</code> <CopyButton text={() => value} what="Copy the key" />
      </p>
      <p>Keep it now: it will not be shown again. The code below has it in it until you leave this page.</p>
      <p class="actions">
        <button type="button" onClick={onDone}>
          I have it
        </button>
      </p>
    </section>
  );
}
