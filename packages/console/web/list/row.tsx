import type { Delivery } from "../api.ts";
import { Mark } from "../parts/mark.tsx";
import { When } from "../parts/when.tsx";
import { go, hrefOf } from "../router.tsx";

export interface RowProps {
  readonly delivery: Delivery;
  /** From 0. */
  readonly index: number;
  /** How many there are; -1 while that is not known. */
  readonly size: number;
  readonly isActive: boolean;
  /** The name of its webhook; null where that goes without saying. */
  readonly webhook: string | null;
  readonly chosen: () => void;
}

/** One delivery. A link, so that it opens in another tab as links do; the keys are the list's. */
export function Row({ delivery, index, size, isActive, webhook, chosen }: RowProps) {
  const { heron_id: id, topic, reason, http_status: status, created } = delivery;
  const open = (event: MouseEvent): void => {
    chosen();
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(`deliveries/${id}`);
  };
  return (
    <a
      role="option"
      id={id}
      href={hrefOf(`deliveries/${id}`)}
      tabIndex={-1}
      class="delivery"
      aria-selected={isActive}
      aria-setsize={size}
      aria-posinset={index + 1}
      onClick={open}
    >
      <Mark delivery={delivery} />
      <code class="topic">{topic}</code>
      {webhook !== null && <span class="to">{webhook}</span>}
      <span class="answer">{reason ?? (status || "")}</span>
      <When at={created} />
    </a>
  );
}
