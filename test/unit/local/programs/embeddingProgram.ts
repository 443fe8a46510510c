/** Begins to embed what waits in a store's file and never gets done with it; says when it has begun. */
import { BackgroundEmbedding } from '../../../../src/local/backgroundEmbedding.ts';
import { bagOfWords } from '../../support/bagOfWords.ts';
import { engineOn } from '../engineOn.ts';

const [file = '', leaseSeconds = ''] = process.argv.slice(2);
const { engine, database } = engineOn(file, {
  ...bagOfWords(),
  embed: () => {
    console.log('begun');
    return new Promise(() => undefined);
  },
});
const times = { leaseSeconds: Number(leaseSeconds), retryMs: 100, afterFailureMs: 100, progressMs: 100 };
new BackgroundEmbedding(engine, database, times).wake();
setInterval(() => undefined, 1000);
