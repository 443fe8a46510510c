/** Does what its first argument names, one of `deeds`, until it is killed, and writes down how far it has come. */
import { writeSync } from 'node:fs';
import { openLocalStore } from '../../../../src/local/openLocalStore.ts';
import { bagOfWords } from '../../support/bagOfWords.ts';

const [what = '', database = '', argument = ''] = process.argv.slice(2);

/** At once, so that a line that was written was true before the process was killed. */
const say = (line: string): void => void writeSync(1, `${line}\n`);

const open = () => openLocalStore({ database, weightsDirectory: '', background: false }, bagOfWords());

const store = async (): Promise<void> => {
  const opened = await open();
  for (let i = 0; ; i++) {
    const content = (n: number) =>
      `memory ${i}.${n} of ${argument} ${'and more text '.repeat((i * 7 + n) % 50)}`;
    const memories = Array.from({ length: i % 5 === 4 ? 20 : 1 }, (_, n) => ({
      content: content(n),
      tags: [`t${i % 10}`, argument],
      pinned: i % 3 === 0,
    }));
    const results = await opened.storeMany(memories);
    say(results.map(({ contentHash }) => contentHash).join(' '));
    if (i % 4 === 3) await opened.embedPending(5);
  }
};

const backUp = async (): Promise<void> => {
  const opened = await open();
  for (;;) {
    say('begun');
    await opened.backUp();
    say('done');
  }
};

const restore = async (): Promise<void> => {
  const opened = await open();
  say('begun');
  await opened.restoreBackup(argument);
  say('done');
};

const openOnce = async (): Promise<void> => {
  say('begun');
  await (await open()).close();
  say('done');
};

/** Never gets done with the first memory. */
const embed = async (): Promise<void> => {
  const words = bagOfWords();
  const stuck = () => {
    say('begun');
    return new Promise<never>(() => undefined);
  };
  await openLocalStore({ database, weightsDirectory: '' }, { ...words, embed: stuck });
  setInterval(() => undefined, 1000);
};

const deeds: Record<string, () => Promise<void>> = {
  storing: store,
  backups: backUp,
  restoring: restore,
  opening: openOnce,
  embedding: embed,
};
await deeds[what]?.();
