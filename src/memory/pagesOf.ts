import type { Page } from './memory.ts';

/** The items of every page, a page at a time; `read` gets the place after which the next one begins. */
export async function* pagesOf<T>(
  read: (after: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<readonly T[], void> {
  let after: string | undefined;
  do {
    const page: Page<T> = await read(after);
    yield page.items;
    after = page.next;
  } while (after !== undefined);
}
