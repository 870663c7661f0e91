import { useState } from "preact/hooks";
import type { Attempt } from "../api.ts";
import { pretty } from "../parts/code.tsx";
import { answerOf } from "./attempts.tsx";
import { diffOf } from "./diff.ts";

const SIGNS = { both: " ", first: "−", second: "+" } as const;

/** What two attempts were answered, beside each other. */
export function Compare({
  attempts,
  close,
}: {
  readonly attempts: readonly Attempt[];
  readonly close: () => void;
}) {
  const last = attempts.length - 1;
  const [chosen, setChosen] = useState<readonly [number, number]>([Math.max(0, last - 1), last]);
  const [first, second] = [attempts[chosen[0]], attempts[chosen[1]]];
  if (first === undefined || second === undefined) return null;
  const lines = diffOf(textOf(first), textOf(second));
  const isSame = lines.every((line) => line.in === "both");
  const select = (label: string, value: number, choose: (index: number) => void) => (
    <label>
      {label}{" "}
      <select value={String(value)} onChange={(event) => choose(Number(event.currentTarget.value))}>
        {attempts.map((attempt, i) => (
          <option key={attempt.number} value={String(i)}>
            {attempt.number}: {answerOf(attempt)}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <section class="card compare" aria-label="Two attempts compared">
      <p class="actions">
        {select("Attempt", chosen[0], (index) => setChosen([index, chosen[1]]))}
        {select("with", chosen[1], (index) => setChosen([chosen[0], index]))}
        <button type="button" onClick={close}>
          Close
        </button>
      </p>
      {isSame ? (
        <p class="hint">Both were answered the same.</p>
      ) : (
        <pre>
          {lines.map((line, i) => (
            <span key={i} class={line.in}>
              <span class="visually-hidden">
                {line.in === "both"
                  ? ""
                  : `Only in attempt ${line.in === "first" ? first.number : second.number}: `}
              </span>
              <span aria-hidden="true">{SIGNS[line.in]} </span>
              {line.text}
              {"\n"}
            </span>
          ))}
        </pre>
      )}
    </section>
  );
}

function textOf(attempt: Attempt): string {
  const head = attempt.reason === null ? answerOf(attempt) : `${answerOf(attempt)}: ${attempt.reason}`;
  return `${head}\n${pretty(attempt.response_text ?? "")}`;
}
