import { MemoryError } from '../memory/errors.ts';
import type { McpContext } from './mcpContext.ts';

const PRESET = '@secretlint/secretlint-rule-preset-recommend';
/** By a comment with `secretlint-disable` a content would exempt itself. */
const withoutDirectives = (text: string): string => text.replaceAll('secretlint-', 'secretlint_');
const NAMED = 5;

/** What looks like credentials in a text, masked, with its line; secretlint's recommended rules. */
export const findCredentials = async (text: string): Promise<string[]> => {
  const [{ lintSource }, { creator }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ]);
  const { messages } = await lintSource({
    source: { filePath: 'memory.txt', ext: '.txt', contentType: 'text', content: withoutDirectives(text) },
    options: {
      maskSecrets: true,
      noPhysicFilePath: true,
      config: { rules: [{ id: PRESET, rule: creator, rules: [] }] },
    },
  });
  return messages.map(({ message, loc }) => `line ${loc.start.line}: ${message.replace(/\*{2,}/g, '****')}`);
};

/**
 * Throws where a text holds credentials, unless the person is there and allows it: memories are read by every agent,
 * and may be synchronised.
 */
export const refuseCredentials = async (
  text: string,
  { approval, client }: Pick<McpContext, 'approval' | 'client'>,
  { signal, file }: { readonly signal?: AbortSignal | undefined; readonly file?: string } = {},
): Promise<void> => {
  const places = await findCredentials(text);
  const found = file === undefined ? places : places.map((place) => `${file}, ${place}`);
  if (found.length === 0 || (await approval?.credentials(found, client, signal))) return;
  throw new MemoryError(
    'forbidden',
    `Not stored: it holds credentials (${found.slice(0, NAMED).join('; ')}).`,
    'Store where the credential is kept, not the credential itself. A person can store it by hand if it must be.',
  );
};
