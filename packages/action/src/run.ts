import { readContext } from "./context.ts";
import { deliver } from "./deliver.ts";
import { createDeliveries } from "./deliveries.ts";
import { showDelivery } from "./dry-run.ts";
import { createEventFromInputs } from "./event.ts";
import { Inputs } from "./inputs.ts";
import { maskSecrets } from "./masks.ts";
import { reportError, reportResults, reportSkip } from "./report.ts";
import { readSettings } from "./settings.ts";
import { readTargets, SkipError } from "./targets.ts";

/** Runs the step, from inputs to report. Resolves to the process's exit code; never rejects. */
export async function run(env: NodeJS.ProcessEnv): Promise<number> {
  const inputs = new Inputs();
  try {
    maskSecrets(inputs, env);
    const settings = readSettings(inputs);
    const targets = readTargets(inputs, settings.ifMissing);
    const context = readContext(env, settings.status);
    const event = createEventFromInputs(inputs, context);
    const deliveries = createDeliveries(targets, event, inputs, context);
    if (settings.dryRun) {
      for (const delivery of deliveries) showDelivery(delivery);
      return reportSkip("this is a dry run", event);
    }
    const results = await deliver(deliveries, settings, env);
    return reportResults(results, event, settings, env);
  } catch (error) {
    return error instanceof SkipError ? reportSkip(error.message) : reportError(error, inputs);
  }
}
