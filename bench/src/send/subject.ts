/** Something that delivers, in a process of its own. */
export interface Subject {
  /** Begins to deliver as fast as it can. */
  begin(): void;
  /** How many it has delivered, and recorded if it records any. */
  delivered(): number;
  /** Stops, and resolves when nothing is under way. */
  pause(): Promise<void>;
  close(): Promise<void>;
}

/** The event of every subject: about 400 bytes as it is sent. */
export function dataOf(n: number): Readonly<Record<string, unknown>> {
  return {
    end_user_id: `eus_${String(n).padStart(20, "0")}`,
    status: "processed",
    accounts: [{ id: "acc_8Kq2", balance: 1023.55, currency: "USD" }],
    note: "x".repeat(120),
  };
}

export const TOPIC = "end_user.processed";
export const SECRET = "sec_0123456789abcdef0123456789abcdef";
/** Under way at once, and connections: the same for all. */
export const SLOTS = 64;
