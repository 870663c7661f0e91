// What the tests use and Node 20 does not have. `pnpm pack-check` loads and uses the packages on Node 20 without it.
globalThis.AsyncDisposableStack ??= class {
  readonly #disposals: (() => unknown)[] = [];

  use(value: AsyncDisposable): AsyncDisposable {
    this.#disposals.push(() => value[Symbol.asyncDispose]());
    return value;
  }

  defer(dispose: () => unknown): void {
    this.#disposals.push(dispose);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const dispose of this.#disposals.splice(0).reverse()) await dispose();
  }
} as unknown as AsyncDisposableStackConstructor;
