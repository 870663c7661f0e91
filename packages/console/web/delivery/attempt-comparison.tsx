import { useState } from "preact/hooks";
import type { Attempt } from "../api.ts";
import { formatJson } from "../parts/code.tsx";
import { formatResponseStatus } from "./attempt-list.tsx";
import { diffLines } from "./diff.ts";

const DIFF_SIGNS = { both: " ", first: "−", second: "+" } as const;

/** The responses of two attempts, line by line. */
export function AttemptComparison({
  attempts,
  onClose,
}: {
  readonly attempts: readonly Attempt[];
  readonly onClose: () => void;
}) {
  const last = attempts.length - 1;
  const [selected, setSelected] = useState<readonly [number, number]>([Math.max(0, last - 1), last]);
  const [first, second] = [attempts[selected[0]], attempts[selected[1]]];
  if (first === undefined || second === undefined) return null;
  const lines = diffLines(toComparableText(first), toComparableText(second));
  const isIdentical = lines.every((line) => line.side === "both");
  const renderSelect = (label: string, value: number, onSelect: (index: number) => void) => (
    <label>
      {label}{" "}
      <select value={String(value)} onChange={(event) => onSelect(Number(event.currentTarget.value))}>
        {attempts.map((attempt, i) => (
          <option key={attempt.number} value={String(i)}>
            {attempt.number}: {formatResponseStatus(attempt)}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <section class="card compare" aria-label="Compare attempts">
      <p class="actions">
        {renderSelect("Attempt", selected[0], (index) => setSelected([index, selected[1]]))}
        {renderSelect("with", selected[1], (index) => setSelected([selected[0], index]))}
        <button type="button" onClick={onClose}>
          Close
        </button>
      </p>
      {isIdentical ? (
        <p class="hint">The responses are identical.</p>
      ) : (
        <pre>
          {lines.map((line, i) => (
            <span key={i} class={line.side}>
              <span class="visually-hidden">
                {line.side === "both"
                  ? ""
                  : `Only in attempt ${line.side === "first" ? first.number : second.number}: `}
              </span>
              <span aria-hidden="true">{DIFF_SIGNS[line.side]} </span>
              {line.text}
              {"\n"}
            </span>
          ))}
        </pre>
      )}
    </section>
  );
}

function toComparableText(attempt: Attempt): string {
  const head =
    attempt.reason === null
      ? formatResponseStatus(attempt)
      : `${formatResponseStatus(attempt)}: ${attempt.reason}`;
  return `${head}\n${formatJson(attempt.response_text ?? "")}`;
}
