import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Permission } from '../auth.ts';
import { DailyUsage, dailyNeuronsMessage } from '../dailyUsage.ts';
import { ok, paged, json, refuse } from '../envelope.ts';
import type { Reply } from '../envelope.ts';
import type { EmulatorSettings, Limits } from '../options.ts';
import type { ApiRequest, Route } from '../router.ts';
import { param } from '../router.ts';
import type { EmbeddingModel } from './models.ts';
import { embeddingModels, rerankerName } from './models.ts';
import { countTokens, pseudoEmbedding } from './pseudoEmbedding.ts';

/** What one request may carry; the real number is not documented. */
const maxBytes = 10e6;

const textBody = z.string().min(1);
const embedBody = z.object({
  text: z.union([textBody, z.array(textBody).max(100)]),
  pooling: z.enum(['mean', 'cls']).default('mean'),
});
const rerankBody = z.object({
  query: textBody,
  contexts: z.array(z.object({ text: textBody })),
  top_k: z.number().int().min(1).optional(),
});
const openAiBody = z.object({ model: z.string(), input: z.union([textBody, z.array(textBody).max(100)]) });

const needs: readonly Permission[] = ['Workers AI Read'];

/** Workers AI's part of the API: embedding models and a reranker, without their GPUs. */
export function workersAiRoutes(settings: EmulatorSettings, limits: Limits, now: () => number): Route[] {
  const neurons = new DailyUsage(now);

  const infer = async (model: EmbeddingModel, texts: readonly string[]): Promise<number> => {
    if (neurons.used >= limits.aiNeuronsPerDay) refuse(429, 3036, `AiError: AiError: ${dailyNeuronsMessage}`);
    const tokens = texts.reduce((sum, text) => sum + Math.min(countTokens(text), model.maxTokens), 0);
    neurons.add((tokens * model.neuronsPerMillionTokens) / 1e6);
    await sleep(settings.inferenceMs);
    return tokens;
  };

  const embed = async (model: EmbeddingModel, request: ApiRequest): Promise<Reply> => {
    const { text, pooling } = readInput(request.body, embedBody);
    const texts = typeof text === 'string' ? [text] : text;
    await infer(model, texts);
    const data = texts.map((each) => pseudoEmbedding(each, model, pooling));
    return ok({ shape: [data.length, model.dimensions], data, pooling });
  };

  const rerank = async (model: EmbeddingModel, request: ApiRequest): Promise<Reply> => {
    const { query, contexts, top_k } = readInput(request.body, rerankBody);
    await infer(model, [query, ...contexts.map(({ text }) => text)]);
    const wanted = pseudoEmbedding(query, model, 'mean');
    const response = contexts
      .map(({ text }, id) => ({ id, score: dotProduct(wanted, pseudoEmbedding(text, model, 'mean')) }))
      .sort((a, b) => b.score - a.score);
    return ok({ response: response.slice(0, top_k) });
  };

  const run = (request: ApiRequest): Promise<Reply> => {
    const name = param(request, 'model');
    const model = modelNamed(name === rerankerName ? '@cf/baai/bge-base-en-v1.5' : name);
    return name === rerankerName ? rerank(model, request) : embed(model, request);
  };

  const openAi = async (request: ApiRequest): Promise<Reply> => {
    const { model: name, input } = readInput(request.body, openAiBody);
    const model = modelNamed(name);
    const texts = typeof input === 'string' ? [input] : input;
    const tokens = await infer(model, texts);
    const data = texts.map((text, index) => ({
      object: 'embedding',
      index,
      embedding: pseudoEmbedding(text, model, 'mean'),
    }));
    const usage = { prompt_tokens: tokens, total_tokens: tokens };
    return json(200, JSON.stringify({ object: 'list', data, model: name, usage }));
  };

  const root = '/accounts/:account/ai';
  return [
    {
      method: 'GET',
      pattern: `${root}/models/search`,
      needs,
      handle: ({ query }) => paged(searchModels(query), query),
    },
    { method: 'POST', pattern: `${root}/v1/embeddings`, needs, handle: openAi },
    { method: 'POST', pattern: `${root}/run/*model`, needs, handle: run },
  ];
}

function modelNamed(name: string): EmbeddingModel {
  return (
    embeddingModels.find((model) => model.name === name) ??
    refuse(400, 5007, `AiError: AiError: No such model ${name} or task`)
  );
}

function readInput<T>(body: Buffer, schema: z.ZodType<T>): T {
  if (body.length > maxBytes) refuse(413, 3006, 'AiError: AiError: Request is too large');
  let input: unknown;
  try {
    input = JSON.parse(body.toString('utf8'));
  } catch {
    refuse(400, 5006, 'AiError: AiError: Bad input: not JSON');
  }
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(({ path, message }) => `'/${path.join('/')}': ${message}`);
  return refuse(400, 5006, `AiError: AiError: Bad input: Error: ${reasons.join(', ')}`);
}

function searchModels(query: URLSearchParams): object[] {
  const wanted = query.get('search') ?? '';
  const task = query.get('task') ?? '';
  const described = [
    ...embeddingModels.map(({ name, description }) => ({ name, description, task: 'Text Embeddings' })),
    { name: rerankerName, description: 'A reranker of search results', task: 'Text Classification' },
  ];
  return described
    .filter((model) => model.name.includes(wanted) && model.task.includes(task))
    .map((model) => ({
      id: model.name,
      source: 1,
      name: model.name,
      description: model.description,
      task: { id: model.task, name: model.task, description: model.task },
      tags: [],
      properties: [],
    }));
}

function dotProduct(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
