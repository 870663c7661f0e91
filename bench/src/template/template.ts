import { describeMachine } from "../machine.ts";
import type { BenchOptions } from "../options.ts";
import { type Candidate, getRatio, type Measured, measureInterleaved } from "../ratio.ts";
import { formatTargetResult, printTable } from "../table.ts";
import { CASES, type TemplateCase } from "./cases.ts";
import { COMPETITORS, OURS, OURS_AGAIN, type Renderer } from "./engines.ts";
import { createScope, type Scope } from "./scopes.ts";

const MIN_SPEEDUP = 1.5;
const SCOPES = 240;

interface Prepared {
  readonly name: string;
  readonly renderers: readonly { readonly name: string; readonly render: Renderer }[];
}

/** Rendering a template that was compiled once, next to the engines that others use, over the same inputs. */
export async function benchTemplates({ isQuick }: BenchOptions): Promise<void> {
  console.log(`${describeMachine()}${isQuick ? ", quick: a trial run, nothing to judge by" : ""}`);
  const scopes = Array.from({ length: SCOPES }, (_, number) => createScope(number));
  // All before any is timed, as where they are used: code that has seen one template only is faster than it will be.
  const prepared = CASES.map((templateCase) => prepareCase(templateCase, scopes));
  const rounds = isQuick ? 40 : 400;
  for (const { name, renderers } of prepared) {
    const subjects = renderers.map((renderer) => createCandidate(renderer.name, renderer.render, scopes));
    print(name, await measureInterleaved(subjects, { rounds }), rounds);
  }
}

/** Compiles a template for every engine. @throws Error if they do not all render it to the same bytes of JSON. */
function prepareCase({ name, template, byHand }: TemplateCase, scopes: readonly Scope[]): Prepared {
  const [example] = scopes as [Scope];
  const renderers = [OURS, OURS_AGAIN, ...COMPETITORS].map((engine) => ({
    name: engine.name,
    render: engine.compile(template, example),
  }));
  renderers.push({ name: "by hand, the limit", render: byHand });
  for (const scope of scopes) {
    const [ours = "", ...others] = renderers.map(({ render }) => render(scope));
    JSON.parse(ours);
    for (const [index, text] of others.entries())
      if (!Buffer.from(text, "utf8").equals(Buffer.from(ours, "utf8")))
        throw new Error(
          `${name}: ${renderers[index + 1]?.name} renders another text:\n${text}\nwhere heron renders\n${ours}`,
        );
  }
  return { name, renderers };
}

/** To the bytes that would be sent: a text that was added up is only put together when somebody reads it. */
function createCandidate(name: string, render: Renderer, scopes: readonly Scope[]): Candidate {
  return { name, call: (turn) => Buffer.from(render(scopes[turn % scopes.length] as Scope), "utf8") };
}

function print(name: string, measured: readonly Measured[], rounds: number): void {
  const [ours, , ...others] = measured;
  if (ours === undefined) return;
  const competitors = others.slice(0, COMPETITORS.length);
  const fastest = competitors.reduce((fastest, candidate) =>
    candidate.microseconds < fastest.microseconds ? candidate : fastest,
  );
  const rows = measured.map((measurement) => {
    const ratio = getRatio(measurement, ours);
    const judged =
      measurement === fastest ? [`>= ${MIN_SPEEDUP}`, formatTargetResult(ratio >= MIN_SPEEDUP)] : ["", ""];
    return [measurement.name, measurement.microseconds.toFixed(3), ratio.toFixed(3), ...judged];
  });
  printTable(
    `Rendering ${name}, to bytes: median of ${rounds} rounds of 1-ms blocks, another event at each call\nthe target is for the fastest of the other engines`,
    ["", "us", "x heron", "target", ""],
    rows,
  );
}
