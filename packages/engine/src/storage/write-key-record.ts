/** A write key as it is kept: never the key itself. */
export interface WriteKeyRecord {
  /** `wky_…` */
  readonly id: string;
  readonly account: string;
  /** SHA-256 of the key, in hexadecimal. */
  readonly hash: string;
  /** Its last four characters, to tell it from others. */
  readonly lastFour: string;
  readonly description: string;
  /** In milliseconds since 1970. */
  readonly createdAt: number;
}
