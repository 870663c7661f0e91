import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";

export interface ChartFigureProps {
  readonly title: string;
  readonly legend: ComponentChildren;
  readonly chart: ComponentChildren;
  /** The columns beside the time. */
  readonly columns: readonly string[];
  /** What stands in each row, the time first. */
  readonly rows: readonly (readonly string[])[];
}

/** A chart, and the same as a table: always there for who hears the page, and for everybody when it is asked for. */
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
        {isTableVisible ? "Hide the table" : "Show as a table"}
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
