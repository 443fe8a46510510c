import type { ServerContext } from '@modelcontextprotocol/server';
import type * as z from 'zod';
import { MemoryError } from '../memory/errors.ts';
import type { MemorySource } from '../memory/memory.ts';
import type { CallOptions } from '../memory/ports.ts';
import type { AgentStore } from './agentStore.ts';
import { dataJson } from './answers/dataJson.ts';
import type { McpContext } from './mcpContext.ts';
import { QuestionForPerson } from './questionForPerson.ts';
import { inputReader } from './toolInput.ts';

/** Hints for the host: which calls it may make without asking. */
export interface ToolHints {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** What a tool works with in one call. */
export interface ToolCall {
  readonly store: AgentStore;
  readonly context: McpContext;
  readonly source: MemorySource;
  readonly options: CallOptions;
  /** Tells a client that asked for it how far a long call has come, `done` of `total`. Does not reject. */
  readonly progress?: Progress | undefined;
}

export type Progress = (done: number, total: number) => Promise<void>;

/** What a request to the server works with. */
export type CallOf = (ctx: ServerContext) => Promise<ToolCall>;

/** `text` is the whole answer: where a result has structured content, models see only that. */
export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
}

interface ToolDefinition<Input extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly hints: ToolHints;
  run(input: z.output<Input>, call: ToolCall): Promise<string>;
}

/** A tool of the server, of whatever host: rejects only with a `QuestionForPerson`. */
export interface MemoryTool extends Omit<ToolDefinition<z.ZodObject>, 'run'> {
  /** The tool that this is an older name of. */
  readonly of?: string;
  run(input: unknown, call: () => Promise<ToolCall>): Promise<ToolAnswer>;
}

export const defineTool = <Input extends z.ZodObject>(definition: ToolDefinition<Input>): MemoryTool => {
  const read = inputReader(definition.name, definition.input);
  return {
    ...definition,
    run: async (input, call) => {
      try {
        return { text: await definition.run(read(input), await call()), isError: false };
      } catch (error) {
        if (error instanceof QuestionForPerson) throw error;
        return { text: errorText(error), isError: true };
      }
    },
  };
};

/** What happened and what to do next, as data: a message may quote what was stored. */
export const errorText = (error: unknown): string =>
  dataJson(
    MemoryError.is(error)
      ? { error: error.code, message: error.message, next_step: error.nextStep }
      : {
          error: 'unexpected',
          message: error instanceof Error ? error.message : String(error),
          next_step: 'Call memory_health; if that fails too, tell the person.',
        },
  );

export const READS: ToolHints = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
/** Adds; takes nothing away. */
export const ADDS: ToolHints = { ...READS, readOnlyHint: false };
export const DESTROYS: ToolHints = { ...ADDS, destructiveHint: true };
