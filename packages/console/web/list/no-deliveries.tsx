import { Link } from "../router.tsx";
import { type DeliveryFilter, OUTCOMES } from "./filter.ts";

/** A list with nothing in it: because there is nothing yet, or because nothing is like that. */
export function NoDeliveries({
  filter: { status, webhook },
  all,
}: {
  readonly filter: DeliveryFilter;
  readonly all: string;
}) {
  const outcome = OUTCOMES.find(([one]) => one === status)?.[1].toLowerCase();
  const isOne = !all.startsWith("deliveries");
  if (status === "" && (webhook === "" || isOne))
    return (
      <div class="card empty">
        <h2>No deliveries yet</h2>
        <p>
          {isOne
            ? "When an event happens that this webhook wants, what became of it is shown here. A test shows at once whether its address answers, and is not listed here."
            : "When an event happens that a webhook wants, what became of it is shown here."}
        </p>
        {!isOne && <Link to="webhooks">To the webhooks</Link>}
      </div>
    );
  return (
    <div class="card empty">
      <h2>No delivery is like that</h2>
      <p>
        There is no delivery now that is{" "}
        {outcome === undefined || status === "" ? "of this webhook" : `“${outcome}”`}
        {status !== "" && webhook !== "" && !isOne && " and of this webhook"}.
      </p>
      <Link to={all} class="button" isFilter>
        Show all
      </Link>
    </div>
  );
}
