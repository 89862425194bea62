/** Listings that come in pages, walked as one. */

/** Walks the items of all pages; a page is asked for when the one before is used up. */
export async function* walk<Page extends { next_cursor: string | null }, Item>(
  page: (cursor: string | undefined) => Promise<Page>,
  items: (page: Page) => readonly Item[],
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | undefined
  do {
    const current = await page(cursor)
    yield* items(current)
    cursor = current.next_cursor ?? undefined
  } while (cursor !== undefined)
}
