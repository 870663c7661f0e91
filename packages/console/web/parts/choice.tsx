import { useId } from "preact/hooks";

export interface ChoiceProps {
  readonly legend: string;
  readonly value: string;
  readonly choose: (value: string) => void;
  readonly options: readonly (readonly [value: string, text: string])[];
}

/** One of a few. */
export function Choice({ legend, value, choose, options }: ChoiceProps) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      {options.map(([one, text]) => (
        <label key={one}>
          <input type="radio" name={name} checked={one === value} onChange={() => choose(one)} />
          {text}
        </label>
      ))}
    </fieldset>
  );
}
