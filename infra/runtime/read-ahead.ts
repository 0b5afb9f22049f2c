/**
 * What `fetch` gives for each item, in the order of the items, while at most `width` of them are under way or wait to be taken.
 * A failure is thrown where its item would have come.
 */
export async function* readAhead<Item, Fetched>(
  items: readonly Item[],
  width: number,
  fetch: (item: Item) => Promise<Fetched>,
): AsyncGenerator<{ readonly item: Item; readonly fetched: Fetched }> {
  const underway: Promise<Fetched>[] = []
  let next = 0
  for (const item of items) {
    while (next < items.length && underway.length < width) {
      const fetching = fetch(items[next++] as Item)
      fetching.catch(() => {}) // told when its turn comes; nobody listens when the reader has left before
      underway.push(fetching)
    }
    yield { item, fetched: await (underway.shift() as Promise<Fetched>) }
  }
}
