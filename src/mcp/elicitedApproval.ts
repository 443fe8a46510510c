import { createHash } from 'node:crypto';
import { inputRequired, inputResponse, type ServerContext } from '@modelcontextprotocol/server';
import { beginningOf } from '../memory/text.ts';
import { visible } from './answers/dataJson.ts';
import type { Approval } from './approval.ts';
import type { Proposal, ProposalPart } from './proposal.ts';
import { QuestionForPerson } from './questionForPerson.ts';

/** Of each part of a memory, and of one question, so much is shown. Characters. */
const SHOWN = 600;
const SHOWN_TEXTS = 5;

/** As programs may show one. */
const LINE_BEGINNING = /^|(?<=[\n\v\f\u0085\u2028\u2029]|\r(?!\n))/gu;

const LABELS: Readonly<Record<ProposalPart, string>> = {
  content: 'New text',
  present: 'The memory as it is',
  supersedes: 'Takes the place of',
  tags: 'Tags',
  addTags: 'Tags added',
  removeTags: 'Tags removed',
  type: 'Type',
  project: 'Project',
  metadata: 'Metadata',
};

type Asking = Pick<ServerContext['mcpReq'], 'inputResponses' | 'requestState'>;

/**
 * Asks through the client, where there is no window: MCP's elicitation. A client sends back the answer to its last
 * question only; what was agreed to before travels in the state. Either comes from the client, which shows the question.
 */
export const elicitedApproval = ({ inputResponses, requestState }: Asking): Approval => {
  const agreed = new Set(agreedIn(requestState()));
  /** `whole` is what is agreed to, of which `message` may show a part. */
  const ask = (message: string, whole: unknown): boolean => {
    const key = createHash('sha256')
      .update(JSON.stringify([message, whole]))
      .digest('hex')
      .slice(0, 24);
    if (agreed.has(key)) return true;
    const answer = inputResponse(inputResponses, key);
    if (answer.kind !== 'elicit')
      throw new QuestionForPerson(
        inputRequired({
          inputRequests: { [key]: inputRequired.elicit({ message: visible(message), requestedSchema }) },
          requestState: JSON.stringify([...agreed]),
        }),
      );
    const isYes = answer.action === 'accept' && (answer.content?.['store'] ?? true) === true;
    if (isYes) agreed.add(key);
    return isYes;
  };
  return {
    stores: (proposals, client) =>
      promised(() => {
        const what = proposals.length === 1 ? 'a memory' : `${proposals.length} memories`;
        return ask(
          [`${client} wants to store ${what}:`, ...firstOf(proposals.map(proposed))].join('\n\n'),
          proposals,
        );
      }),
    changes: (proposal, client) =>
      promised(() => ask(`${client} wants to change a memory:\n\n${proposed(proposal)}`, proposal)),
    credentials: (found, client) =>
      promised(() =>
        ask(
          [
            `${client} wants to store what looks like credentials:`,
            ...firstOf(found.map(cut)),
            'Every agent can read what is stored, and it may be synchronised.',
          ].join('\n\n'),
          found,
        ),
      ),
  };
};

const requestedSchema = {
  type: 'object',
  properties: { store: { type: 'boolean', title: 'Store it', default: true } },
} as const;

const promised = (ask: () => boolean): Promise<boolean> => Promise.resolve().then(ask);

const firstOf = (texts: readonly string[]): string[] => [
  ...texts.slice(0, SHOWN_TEXTS),
  ...(texts.length > SHOWN_TEXTS ? [`… and ${texts.length - SHOWN_TEXTS} more, not shown here`] : []),
];

/** Each line of a text is marked: it must not pass for a part of the question, or for another memory. */
const proposed = (proposal: Proposal): string =>
  proposal
    .map(({ part, text }, i) =>
      part === 'content'
        ? `${i === 0 ? '' : `${LABELS.content}:\n`}${cut(text).replace(LINE_BEGINNING, '> ')}`
        : `${LABELS[part]}: ${cut(text.replace(/\s+/gu, ' ')) || 'none'}`,
    )
    .join('\n');

const cut = (text: string): string =>
  text.length > SHOWN ? `${beginningOf(text, SHOWN)}… (${SHOWN} of ${text.length} characters shown)` : text;

const agreedIn = (state: unknown): string[] => {
  if (typeof state !== 'string') return [];
  try {
    const value: unknown = JSON.parse(state);
    return Array.isArray(value) ? value.filter((key) => typeof key === 'string') : [];
  } catch {
    return [];
  }
};
