import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";

export interface ChartFigureProps {
  readonly title: string;
  readonly legend: ComponentChildren;
  readonly chart: ComponentChildren;
  /** Columns after the time. */
  readonly columns: readonly string[];
  /** Cells of each row, the time first. */
  readonly rows: readonly (readonly string[])[];
}

/** A chart and its data as a table, which is always available to screen readers. */
export function ChartFigure({ title, legend, chart, columns, rows }: ChartFigureProps) {
  const [isTableVisible, setTableVisible] = useState(false);
  const id = useId();
  return (
    <figure class="chart">
      <figcaption>
        <h2>{title}</h2>
        {legend}
      </figcaption>
      {chart}
      <button
        type="button"
        class="quiet"
        aria-expanded={isTableVisible}
        aria-controls={id}
        onClick={() => setTableVisible(!isTableVisible)}
      >
        {isTableVisible ? "Hide table" : "Show table"}
      </button>
      <div id={id} class={isTableVisible ? "" : "visually-hidden"}>
        <table>
          <caption class="visually-hidden">{title}</caption>
          <thead>
            <tr>
              {["From", ...columns].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([time, ...cells]) => (
              <tr key={time}>
                <th scope="row">{time}</th>
                {columns.map((name, i) => (
                  <td key={name}>{cells[i]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
