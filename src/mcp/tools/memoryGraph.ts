import * as z from 'zod';
import type { Memory, MemoryLink } from '../../memory/memory.ts';
import { boundedAnswer } from '../answers/boundedAnswer.ts';
import { dataJson } from '../answers/dataJson.ts';
import { shortHash } from '../answers/memoryEntry.ts';
import { findHash, findMemory } from '../findMemory.ts';
import { shortestPath } from '../shortestPath.ts';
import { maxCharacters, missingParameter } from '../parameters.ts';
import { ADDS, defineTool, type ToolCall } from '../tool.ts';

const HOPS = 2;
const LINKS = 30;
const TO_GET_THEM = 'a higher max_response_chars, or a smaller max_hops';

const input = z.object({
  action: z.enum(['connected', 'path', 'subgraph', 'link', 'unlink']),
  hash: z.string().optional().describe('For connected, subgraph'),
  hash1: z.string().optional().describe('From; for path, link, unlink'),
  hash2: z.string().optional().describe('To'),
  relation: z.string().optional().describe('causes, fixes, contradicts, supports, related…'),
  max_hops: z.int().min(1).max(5).optional(),
  max_response_chars: maxCharacters,
});

export const memoryGraph = defineTool({
  name: 'memory_graph',
  title: 'Relations of memories',
  description:
    'Links memories, and follows links: connected (neighbours), subgraph (links around), path (between two).',
  input,
  hints: { ...ADDS, destructiveHint: true },
  run: async (given, call) => {
    switch (given.action) {
      case 'connected':
      case 'subgraph':
        return around(given, call);
      case 'path':
      case 'link':
      case 'unlink':
        return between(given, call);
    }
  },
});

type Input = z.output<typeof input>;

const around = async (
  { action, hash, hash1, max_hops, max_response_chars }: Input,
  { store, options }: ToolCall,
): Promise<string> => {
  const given = hash ?? hash1;
  if (given === undefined) throw missingParameter(`memory_graph ${action}`, 'a hash');
  const center = await findHash(store, given, options);
  const links = await store.related(center, max_hops ?? (action === 'connected' ? 1 : HOPS), options);
  const others = [...new Set(links.flatMap(({ source, target }) => [source, target]))].filter(
    (other) => other !== center,
  );
  const memories = await liveOf(others, { store, options });
  const live = new Set([center, ...memories.map(({ contentHash }) => contentHash)]);
  const shown = links.filter(({ source, target }) => live.has(source) && live.has(target));
  return boundedAnswer(
    {
      hash: shortHash(center),
      links: shown.slice(0, LINKS).map(linkJson),
      ...(shown.length > LINKS && {
        links_left_out: shown.length - LINKS,
      }),
    },
    memories.map((memory) => ({ memory })),
    max_response_chars,
    TO_GET_THEM,
  );
};

const between = async (
  { action, hash1, hash2, relation, max_hops, max_response_chars }: Input,
  { store, options }: ToolCall,
): Promise<string> => {
  if (hash1 === undefined || hash2 === undefined)
    throw missingParameter(`memory_graph ${action}`, 'hash1 and hash2');
  const [from, to] = await Promise.all([
    findMemory(store, hash1, options),
    findMemory(store, hash2, options),
  ]);
  const [source, target] = [from.contentHash, to.contentHash];
  if (action === 'link')
    return dataJson({
      outcome: 'linked',
      ...linkJson(await store.link({ source, target, ...(relation !== undefined && { relation }) }, options)),
    });
  if (action === 'unlink')
    return dataJson({ outcome: (await store.unlink(source, target, options)) ? 'unlinked' : 'not_linked' });
  const path = shortestPath(await store.related(source, max_hops ?? 5, options), source, target);
  if (path === undefined)
    return dataJson({
      outcome: 'no_path',
      next_step: 'They are not linked within 5 steps; link them with action link.',
    });
  const memories = await liveOf([source, ...path.map((step) => step.reached)], { store, options });
  return boundedAnswer(
    { outcome: 'path', steps: path.map(({ link }) => linkJson(link)) },
    memories.map((memory) => ({ memory })),
    max_response_chars,
    TO_GET_THEM,
  );
};

const liveOf = async (hashes: readonly string[], { store, options }: Pick<ToolCall, 'store' | 'options'>) =>
  (await store.get(hashes, options)).filter(({ deletedAt }: Memory) => deletedAt === undefined);

const linkJson = ({ source, target, relation }: MemoryLink) => ({
  from: shortHash(source),
  relation,
  to: shortHash(target),
});
