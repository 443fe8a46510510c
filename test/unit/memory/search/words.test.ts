import assert from 'node:assert/strict';
import type { SearchMode } from '../../../../src/memory/memory.ts';
import { itWithFullText, keywordWay, useStore } from '../../support/testStore.ts';

describe('words', () => {
  const test = useStore({ shared: true });
  const texts = {
    camel: 'Call getUserSettings before rendering',
    snake: 'The MAX_RETRY_COUNT in snake_case_name is five',
    path: 'Look into src/memory/search/keywordSearch.ts for it',
    region: 'It runs in eu-west-1 at https://api.example.com:8443/v2?x=1',
    sharp: 'We write C# and F# here, and some C++ too',
    version: 'Updated to v2.14.0-rc.1 with --no-cache and ./run.sh',
    german: 'Die Größe der Überschrift im Café',
    config: 'Strict mode belongs into tsconfig',
    chinese: '数据库迁移在星期二进行',
    japanese: '明日の会議は東京で行います',
    korean: '데이터베이스 백업은 매일 실행됩니다',
    thai: 'ฐานข้อมูลสำรองทุกวัน',
    russian: 'Резервные копии базы данных',
    emoji: 'Shipped 🎉 with the family 👩‍👩‍👧‍👦',
    tagged: 'Nothing of the word itself',
  };
  const found = async (query: string, mode: SearchMode = 'keyword') => {
    const { hits } = await test.store.search({ query, mode });
    return hits.map(({ memory }) => Object.entries(texts).find(([, text]) => text === memory.content)?.[0]);
  };
  const finds = (queries: Record<string, keyof typeof texts>) => async () => {
    for (const [query, name] of Object.entries(queries)) {
      assert.equal((await found(query))[0], name, query);
      assert.equal((await found(query, 'hybrid'))[0], name, `${query} (hybrid)`);
    }
  };

  before(async () => {
    await test.store.storeMany(
      Object.entries(texts).map(([name, content]) => ({
        content,
        tags: name === 'tagged' ? ['observability'] : [],
      })),
    );
  });

  itWithFullText(
    'are found in other forms, and without their accents',
    finds({
      rendered: 'camel',
      GRÖßE: 'german',
      modes: 'config',
      cafe: 'german',
      uberschrift: 'german',
      КОПИИ: 'russian',
    }),
  );

  itWithFullText(
    'are found inside camelCase, snake_case and paths',
    finds({
      'user settings': 'camel',
      getUserSettings: 'camel',
      'retry count': 'snake',
      MAX_RETRY_COUNT: 'snake',
      snake_case_name: 'snake',
      'keywordSearch.ts': 'path',
      'memory/search': 'path',
      'src/memory': 'path',
    }),
  );

  it(
    'are found with the signs that belong to them',
    finds({
      'eu-west-1': 'region',
      'example.com:8443': 'region',
      'C#': 'sharp',
      'c++': 'sharp',
      '--no-cache': 'version',
      'v2.14.0-rc.1': 'version',
      './run.sh': 'version',
    }),
  );

  itWithFullText(
    'are found as a part of a longer word where no memory has the whole',
    finds({
      config: 'config',
      sconf: 'config',
      ettin: 'camel',
    }),
  );

  it(
    'of Chinese and Japanese are found with one, two, three and more characters',
    finds({
      库: 'chinese',
      数据: 'chinese',
      数据库: 'chinese',
      数据库迁移: 'chinese',
      星期二: 'chinese',
      京: 'japanese',
      東京: 'japanese',
      会議は東京: 'japanese',
    }),
  );

  it(
    'of Korean, Thai and Cyrillic are found',
    finds({
      백업: 'korean',
      데이터베이스: 'korean',
      ข้อมูล: 'thai',
      данных: 'russian',
    }),
  );

  it('may be pictures', finds({ '🎉': 'emoji', '👩‍👩‍👧‍👦': 'emoji', 'party 🎉': 'emoji' }));

  it('may be the name of a tag', async () => {
    assert.deepEqual(await found('observability'), ['tagged']);
    assert.deepEqual(await found('Observability of'), ['tagged']);
  });

  it('that say nothing are left out of a question that has others, and looked for where it has none', async () => {
    assert.deepEqual(await found('what is the tsconfig'), ['config']);
    assert.ok((await found('before')).includes('camel'));
    assert.ok((await found('the of')).includes('tagged'));
  });

  it('in a language that the model does not know are looked for by keyword, and the mode says so', async () => {
    for (const mode of ['hybrid', 'meaning'] as const) {
      const answer = await test.store.search({ query: '数据库', mode });
      assert.equal(answer.hits[0]?.memory.content, texts.chinese);
      assert.equal(answer.hits[0].match, 'keyword');
      assert.equal(answer.mode.keyword, keywordWay);
      assert.equal(answer.mode.meaning, undefined);
      assert.match(answer.mode.reducedBecause ?? '', /bag of words does not know this language/);
    }
    assert.deepEqual((await test.store.search({ query: '数据库', mode: 'keyword' })).mode, {
      keyword: keywordWay,
      meaning: undefined,
    });
  });

  it('that are none are looked for as they stand, and the mode says so', async () => {
    for (const mode of ['keyword', 'hybrid', 'meaning'] as const) {
      const { hits, mode: done } = await test.store.search({ query: '://', mode });
      assert.deepEqual(
        hits.map(({ memory }) => memory.content),
        [texts.region],
        mode,
      );
      assert.equal(done.keyword, 'substring');
      assert.equal(done.meaning, undefined);
    }
  });
});
