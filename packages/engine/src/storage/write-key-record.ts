/** A write key as stored, without the key itself. */
export interface WriteKeyRecord {
  /** `wky_…` */
  readonly id: string;
  readonly account: string;
  /** SHA-256 of the key, in hexadecimal. */
  readonly hash: string;
  /** The key's last four characters, which identify it to its owner. */
  readonly lastFour: string;
  readonly description: string;
  /** In milliseconds since 1970. */
  readonly createdAt: number;
}
