import type { GetPromptResult, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { CallOf } from './tool.ts';
import { memorySearch } from './tools/memorySearch.ts';

const message = (...paragraphs: readonly string[]): GetPromptResult => ({
  messages: [{ role: 'user', content: { type: 'text', text: paragraphs.join('\n\n') } }],
});

const text = z.string().optional();

/** Prompts that a person picks; mcp-memory-service's, and the two that are needed most. */
export const registerPrompts = (server: McpServer, callOf: CallOf): void => {
  server.registerPrompt(
    'remember',
    {
      title: 'Remember this',
      description: 'Store what matters of this chat, or what you name',
      argsSchema: z.object({ what: text }),
    },
    ({ what }) =>
      message(
        what === undefined
          ? 'Pick out what of this chat will matter in later ones: decisions and their reasons, conventions, causes and fixes, preferences. Show me the list, then store each with memory_store, one fact a memory.'
          : `Store this with memory_store, so that it stands alone, with fitting tags and type:\n${what}`,
        'Where a similar memory exists, update it.',
      ),
  );
  server.registerPrompt(
    'recall',
    {
      title: 'Recall',
      description: 'Bring what is remembered about a topic into this chat',
      argsSchema: z.object({ topic: z.string() }),
    },
    async ({ topic }, ctx) => {
      const found = await memorySearch.run({ query: topic }, () => callOf(ctx));
      // An error is not what the memory holds.
      if (found.isError) throw new Error(found.text);
      return message(
        `This is what my memory holds about ${JSON.stringify(topic)}. Take it into account, say what of it matters here, and check what may be outdated.`,
        found.text,
      );
    },
  );
  server.registerPrompt(
    'memory_review',
    {
      title: 'Review memories',
      description: 'Go through the memories of a time',
      argsSchema: z.object({ time_period: text, focus_area: text }),
    },
    ({ time_period = 'last week', focus_area }) =>
      message(
        `Review my memories of ${JSON.stringify(time_period)}${focus_area === undefined ? '' : ` about ${JSON.stringify(focus_area)}`}: find them with memory_search (time_expr), group them by subject, and say which are outdated, contradict each other or should be united. Propose the changes; make them after I agree.`,
      ),
  );
  server.registerPrompt(
    'memory_analysis',
    {
      title: 'Analyse memories',
      description: 'Find patterns and gaps in what is remembered',
      argsSchema: z.object({ tags: text, time_range: text }),
    },
    ({ tags, time_range }) =>
      message(
        `Analyse my memories${tags === undefined ? '' : ` tagged ${JSON.stringify(tags)}`}${time_range === undefined ? '' : ` of ${JSON.stringify(time_range)}`}: start with memory_stats, look through them with memory_list and memory_search, and tell me recurring subjects, decisions that shaped others, problems that came back, and what is missing.`,
      ),
  );
  server.registerPrompt(
    'knowledge_export',
    {
      title: 'Export knowledge',
      description: 'Write what is remembered into one document',
      argsSchema: z.object({ format: text, filter: text }),
    },
    ({ format = 'markdown', filter }) =>
      message(
        `Write my memories${filter === undefined ? '' : ` about ${JSON.stringify(filter)}`} into one document as ${JSON.stringify(format)}: read all that fit with memory_search and memory_list (on to the end by next_page or next_cursor), group them by subject, keep names, numbers and dates as they are, and give each statement the hash of its memory.`,
      ),
  );
  server.registerPrompt(
    'learning_session',
    {
      title: 'Learning session',
      description: 'Learn a topic and keep what was learnt',
      argsSchema: z.object({ topic: z.string(), key_points: text, questions: text }),
    },
    ({ topic, key_points, questions }) =>
      message(
        `Let us learn about ${JSON.stringify(topic)}. First search my memory for what I know of it, then build on that.`,
        ...(key_points === undefined ? [] : [`Key points: ${key_points}`]),
        ...(questions === undefined ? [] : [`My questions: ${questions}`]),
        'At the end store each insight with memory_store, type learning, with the topic as a tag.',
      ),
  );
};
