import type { Delivery } from "../api.ts";
import { DeliveryStatus } from "../parts/delivery-status.tsx";
import { RelativeTime } from "../parts/relative-time.tsx";
import { navigate, toHref } from "../router.tsx";

export interface DeliveryRowProps {
  readonly delivery: Delivery;
  /** From 0. */
  readonly index: number;
  /** How many there are; -1 while that is not known. */
  readonly size: number;
  readonly isActive: boolean;
  /** The name of its webhook; null where that goes without saying. */
  readonly webhookName: string | null;
  readonly onSelect: () => void;
}

/** One delivery. A link, so that it opens in another tab as links do; the keys are the list's. */
export function DeliveryRow({ delivery, index, size, isActive, webhookName, onSelect }: DeliveryRowProps) {
  const { heron_id: id, topic, reason, response_status, created } = delivery;
  const open = (event: MouseEvent): void => {
    onSelect();
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(`deliveries/${id}`);
  };
  return (
    <a
      role="option"
      id={id}
      href={toHref(`deliveries/${id}`)}
      tabIndex={-1}
      class="delivery"
      aria-selected={isActive}
      aria-setsize={size}
      aria-posinset={index + 1}
      onClick={open}
    >
      <DeliveryStatus delivery={delivery} />
      <code class="topic">{topic}</code>
      {webhookName !== null && <span class="to">{webhookName}</span>}
      <span class="answer">{reason ?? (response_status || "")}</span>
      <RelativeTime at={created} />
    </a>
  );
}
