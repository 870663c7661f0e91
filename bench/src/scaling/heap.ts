/** Whole numbers in the order of their keys; of those with the same key, in no order that is promised. */
export class Heap {
  readonly #keys: number[] = [];
  readonly #values: number[] = [];

  get size(): number {
    return this.#keys.length;
  }

  /** The least; Infinity if there is none. */
  get key(): number {
    return this.#keys[0] ?? Number.POSITIVE_INFINITY;
  }

  push(key: number, value: number): void {
    let place = this.#keys.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if ((this.#keys[parent] as number) <= key) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#keys[place] = key;
    this.#values[place] = value;
  }

  /** Takes the value with the least key. There must be one. */
  pop(): number {
    const top = this.#values[0] as number;
    const key = this.#keys.pop() as number;
    const value = this.#values.pop() as number;
    const { length } = this.#keys;
    if (length === 0) return top;
    let place = 0;
    for (let child = 1; child < length; child = 2 * place + 1) {
      if (child + 1 < length && (this.#keys[child + 1] as number) < (this.#keys[child] as number)) child++;
      if ((this.#keys[child] as number) >= key) break;
      this.#move(child, place);
      place = child;
    }
    this.#keys[place] = key;
    this.#values[place] = value;
    return top;
  }

  #move(from: number, to: number): void {
    this.#keys[to] = this.#keys[from] as number;
    this.#values[to] = this.#values[from] as number;
  }
}
