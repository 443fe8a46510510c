import { createHash } from 'node:crypto';
import { inputRequired, inputResponse, type ServerContext } from '@modelcontextprotocol/server';
import type { Approval } from './approval.ts';
import { QuestionForPerson } from './questionForPerson.ts';

/** Of one text and of one question, so much is shown. Characters. */
const SHOWN = 600;
const SHOWN_TEXTS = 5;

type Asking = Pick<ServerContext['mcpReq'], 'inputResponses' | 'requestState'>;

/**
 * Asks through the client, where there is no window: MCP's elicitation. A client sends back the answer to its last
 * question only; what was agreed to before travels in the state. Either comes from the client, which shows the question.
 */
export const elicitedApproval = ({ inputResponses, requestState }: Asking): Approval => {
  const agreed = new Set(agreedIn(requestState()));
  const ask = (message: string): boolean => {
    const key = createHash('sha256').update(message).digest('hex').slice(0, 24);
    if (agreed.has(key)) return true;
    const answer = inputResponse(inputResponses, key);
    if (answer.kind !== 'elicit')
      throw new QuestionForPerson(
        inputRequired({
          inputRequests: { [key]: inputRequired.elicit({ message, requestedSchema }) },
          requestState: JSON.stringify([...agreed]),
        }),
      );
    const isYes = answer.action === 'accept' && answer.content?.['store'] !== false;
    if (isYes) agreed.add(key);
    return isYes;
  };
  return {
    stores: (contents, client) =>
      promised(() => {
        const what = contents.length === 1 ? 'a memory' : `${contents.length} memories`;
        return ask([`${client} wants to store ${what}:`, ...shown(contents)].join('\n\n'));
      }),
    credentials: (found, client) =>
      promised(() =>
        ask(
          [
            `${client} wants to store what looks like credentials:`,
            ...shown(found),
            'Every agent can read what is stored, and it may be synchronised.',
          ].join('\n\n'),
        ),
      ),
  };
};

const requestedSchema = {
  type: 'object',
  properties: { store: { type: 'boolean', title: 'Store it', default: true } },
} as const;

const promised = (ask: () => boolean): Promise<boolean> => Promise.resolve().then(ask);

const shown = (texts: readonly string[]): string[] => [
  ...texts.slice(0, SHOWN_TEXTS).map((text) => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)),
  ...(texts.length > SHOWN_TEXTS ? [`… and ${texts.length - SHOWN_TEXTS} more`] : []),
];

const agreedIn = (state: unknown): string[] => {
  if (typeof state !== 'string') return [];
  try {
    const value: unknown = JSON.parse(state);
    return Array.isArray(value) ? value.filter((key) => typeof key === 'string') : [];
  } catch {
    return [];
  }
};
