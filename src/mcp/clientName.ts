import type { Implementation } from '@modelcontextprotocol/server';
import { beginningOf } from '../memory/text.ts';

/**
 * How a client is called in what it stores: “Claude Code 2.1”. It may say anything; a name that cannot be stored must
 * not keep its memories from it.
 */
export const clientName = ({ name, title, version }: Implementation): string =>
  beginningOf(`${title ?? name} ${version}`.toWellFormed().replaceAll('\u0000', ''), 200).trim();
