/** A write key as the API shows it: of the key itself, its last characters. */
export interface WriteKey {
  readonly heron_id: string;
  readonly hint: string;
  readonly description: string;
  readonly created: string;
}

/** A write key that was just made: told this once. */
export interface CreatedWriteKey {
  readonly write_key: WriteKey;
  readonly key: string;
}
