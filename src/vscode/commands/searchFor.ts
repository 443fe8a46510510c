import type { SearchFor } from '../../shared/overviewProtocol.ts';
import { EMPTY_FORM } from '../../shared/searchProtocol.ts';
import type { CommandServices } from './registerCommands.ts';

/** Shows the memories of a tag, type, project or time in the search, the newest first. */
export async function searchFor({ search }: CommandServices, what: unknown): Promise<void> {
  const { tag, type = '', project = '', from = '', to = '' } = (what ?? {}) as SearchFor;
  await search.show({
    ...EMPTY_FORM,
    sort: 'newest',
    tags: tag === undefined ? [] : [tag],
    type,
    scope: project === '' ? 'all' : 'one',
    project,
    from,
    to,
  });
}
