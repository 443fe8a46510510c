import * as z from 'zod';
import type { Memory, MemoryLink } from '../../memory/memory.ts';
import { boundedAnswer, DEFAULT_CHARACTERS } from '../answers/boundedAnswer.ts';
import { dataJson, fittingIn } from '../answers/dataJson.ts';
import { shortHash } from '../answers/memoryEntry.ts';
import { findHash, findMemory } from '../findMemory.ts';
import { shortestPath } from '../shortestPath.ts';
import { maxCharacters, missingParameter } from '../parameters.ts';
import { defineTool, DESTROYS, READS, type ToolCall } from '../tool.ts';

const HOPS = 2;
const LONGEST = 5;
/** Of an answer, for the links; the memories take the rest. */
const FOR_LINKS = 0.3;
const TO_GET_THEM = 'a higher max_response_chars, or a smaller max_hops';

const FOLLOWING = ['connected', 'path', 'subgraph'] as const;

const followed = z.object({
  action: z.enum(FOLLOWING),
  hash: z.string().optional().describe('For connected, subgraph'),
  hash1: z.string().optional().describe('From; for path'),
  hash2: z.string().optional().describe('To'),
  max_hops: z.int().min(1).max(LONGEST).optional(),
  max_response_chars: maxCharacters,
});

const input = z.object({
  ...followed.shape,
  action: z.enum([...FOLLOWING, 'link', 'unlink']),
  hash1: z.string().optional().describe('From; for path, link, unlink'),
  relation: z.string().optional().describe('causes, fixes, contradicts, supports, related…'),
});

export const memoryGraph = defineTool({
  name: 'memory_graph',
  title: 'Relations of memories',
  description:
    'Links memories, and follows links: connected (neighbours), subgraph (links around), path (between two).',
  input,
  hints: DESTROYS,
  run: (given, call) => {
    const { action } = given;
    return action === 'link' || action === 'unlink'
      ? change(given, call)
      : follow({ ...given, action }, call);
  },
});

/** The same for agents that may only look: a host need not ask before it. */
export const memoryGraphReads = defineTool({
  name: memoryGraph.name,
  title: memoryGraph.title,
  description: 'Follows links: connected (neighbours), subgraph (links around), path (between two).',
  input: followed,
  hints: READS,
  run: (given, call) => follow(given, call),
});

type Followed = z.output<typeof followed>;

const follow = (given: Followed, call: ToolCall): Promise<string> =>
  given.action === 'path' ? path(given, call) : around(given, call);

const around = async (
  { action, hash, hash1, max_hops, max_response_chars }: Followed,
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
  const written = shown.map(linkJson);
  const fitting = fittingIn(written, (max_response_chars ?? DEFAULT_CHARACTERS) * FOR_LINKS);
  return boundedAnswer(
    {
      hash: shortHash(center),
      links: written.slice(0, fitting),
      ...(shown.length > fitting && { links_left_out: shown.length - fitting, to_get_links: TO_GET_THEM }),
    },
    memories.map((memory) => ({ memory })),
    max_response_chars,
    TO_GET_THEM,
  );
};

/** The hashes of both ends. */
const endsOf = async (
  { action, hash1, hash2 }: Pick<z.output<typeof input>, 'action' | 'hash1' | 'hash2'>,
  { store, options }: ToolCall,
): Promise<readonly [string, string]> => {
  if (hash1 === undefined || hash2 === undefined)
    throw missingParameter(`memory_graph ${action}`, 'hash1 and hash2');
  const [from, to] = await Promise.all([
    findMemory(store, hash1, options),
    findMemory(store, hash2, options),
  ]);
  return [from.contentHash, to.contentHash];
};

const change = async (given: z.output<typeof input>, call: ToolCall): Promise<string> => {
  const [source, target] = await endsOf(given, call);
  const { store, options } = call;
  const { action, relation } = given;
  if (action === 'link')
    return dataJson({
      outcome: 'linked',
      ...linkJson(await store.link({ source, target, ...(relation !== undefined && { relation }) }, options)),
    });
  return dataJson({ outcome: (await store.unlink(source, target, options)) ? 'unlinked' : 'not_linked' });
};

const path = async (given: Followed, call: ToolCall): Promise<string> => {
  const [source, target] = await endsOf(given, call);
  const { store, options, context } = call;
  const { max_hops = LONGEST, max_response_chars } = given;
  const steps = shortestPath(await store.related(source, max_hops, options), source, target);
  if (steps === undefined)
    return dataJson({
      outcome: 'no_path',
      next_step: [
        `They are not linked within ${max_hops} steps`,
        ...(max_hops < LONGEST ? ['try a higher max_hops'] : []),
        ...(context.settings.readOnly ? [] : ['link them with action link']),
      ].join('; '),
    });
  const memories = await liveOf([source, ...steps.map((step) => step.reached)], call);
  return boundedAnswer(
    { outcome: 'path', steps: steps.map(({ link }) => linkJson(link)) },
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
