import type { Delivery } from "../api.ts";
import { DeliveryStatus } from "../parts/delivery-status.tsx";
import { RelativeTime } from "../parts/relative-time.tsx";
import { navigate, toHref } from "../router.tsx";

export interface DeliveryRowProps {
  readonly delivery: Delivery;
  /** Zero-based. */
  readonly index: number;
  /** Number of rows; -1 while unknown. */
  readonly size: number;
  readonly isActive: boolean;
  /** Null on the page of the webhook. */
  readonly webhookName: string | null;
  readonly onSelect: () => void;
}

/** One delivery. It is a link, so that it can be opened in a new tab; the list handles the keyboard. */
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
      <span class="response">{reason ?? (response_status || "")}</span>
      <RelativeTime at={created} />
    </a>
  );
}
