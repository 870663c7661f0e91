/** Resolves with what `look` finds, once it finds something; asks again as often as it takes, after `meanwhile`. */
export async function until<T>(
  look: () => Promise<T | undefined> | T | undefined,
  meanwhile: () => Promise<void> = nextTurn,
): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await meanwhile();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
