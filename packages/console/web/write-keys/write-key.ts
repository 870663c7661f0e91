/** A write key in API responses, with the last characters of the key. */
export interface WriteKey {
  readonly heron_id: string;
  readonly hint: string;
  readonly description: string;
  readonly created: string;
}

/** The response that contains the key, once. */
export interface CreatedWriteKey {
  readonly write_key: WriteKey;
  readonly key: string;
}
