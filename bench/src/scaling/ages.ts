/** For how long things waited, in seconds. */
export class Ages {
  #all: number[] = [];
  #sorted: Float64Array = new Float64Array();

  add(age: number): void {
    this.#all.push(age);
  }

  get count(): number {
    return this.#sorted.length;
  }

  get mean(): number {
    return this.#sorted.reduce((sum, age) => sum + age, 0) / this.count;
  }

  /** The part that waited at all. */
  get waited(): number {
    return this.#sorted.filter((age) => age > 0).length / this.count;
  }

  /** Once all have been added. */
  sort(): void {
    this.#sorted = Float64Array.from(this.#all).sort();
    this.#all = [];
  }

  /** So long waited, at the most, this part of them: 0.99 for all but one in a hundred. */
  quantile(part: number): number {
    return this.#sorted[Math.min(this.count - 1, Math.floor(part * this.count))] ?? Number.NaN;
  }

  /** All of several, sorted. */
  static of(several: readonly Ages[]): Ages {
    const all = new Ages();
    for (const { sorted } of several) for (const age of sorted) all.add(age);
    all.sort();
    return all;
  }

  get sorted(): Float64Array {
    return this.#sorted;
  }
}
