import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { useLiteModel } from '../../../../src/local/useLite/useLiteModel.ts';
import { cpuTime } from './cpuTime.ts';
import { code, english } from './sampleTexts.ts';

describe('The offline model', () => {
  it('describes itself', () => {
    const description = { ...useLiteModel, understands: undefined };
    assert.deepEqual(description, {
      space: 'use-lite-int8',
      dimensions: 512,
      chunk: { size: 360, overlap: 100 },
      fusionWeight: 0.5,
      minSimilarity: 0.2,
      duplicateSimilarity: 0.87,
      label: 'basic meaning (on this machine)',
      understands: undefined,
    });
  });

  describe('understands', () => {
    const understands = (text: string) => useLiteModel.understands(text);

    it('English, and code and names in Latin letters', () => {
      for (const text of [...english, ...code].filter((sample) => /\p{L}/u.test(sample))) {
        assert.ok(understands(text), text);
      }
      for (const text of [
        'kubernetes',
        'naïve Bayes',
        'the café in München where Søren works',
        'ship it 🚀 today',
        'rename 登录 to login in the settings page',
        'el.append(li); const la = el.lang;',
      ]) {
        assert.ok(understands(text), text);
      }
    });

    it('no other script', () => {
      for (const text of [
        '日本語のテキスト',
        '数据库每周日晚上刷新',
        'README 文件的位置',
        '한국어 문장입니다',
        'Привет, мир',
        'Ошибка в модуле AuthService',
        'مرحبا بالعالم',
        'नमस्ते दुनिया',
        'สวัสดีชาวโลก',
      ]) {
        assert.equal(understands(text), false, text);
      }
    });

    it('nothing without letters', () => {
      for (const text of ['', '   ', '🙂', '🚀🎉', '42', '12:30', '{}[]();', '\uD800', '\u0000']) {
        assert.equal(understands(text), false, JSON.stringify(text));
      }
    });

    it('no other language in Latin letters', () => {
      for (const text of [
        'Der Server stürzt ab, wenn der Speicher voll ist',
        'Wie starte ich den Server für die Tests?',
        'Le serveur plante quand la mémoire est pleine',
        'El servidor se cae cuando la memoria está llena',
        'Il server si blocca quando la memoria è piena, perché non è più libera',
        'Tôi không thể đăng nhập vào máy chủ',
        'Nie mogę zalogować się do serwera',
      ]) {
        assert.equal(understands(text), false, text);
      }
    });

    it('no long text of another language: TypeScript’s messages of ten words and more', () => {
      const library = path.dirname(createRequire(import.meta.url).resolve('typescript'));
      for (const language of ['cs', 'de', 'es', 'fr', 'it', 'ja', 'ko', 'pl', 'pt-br', 'ru', 'tr', 'zh-cn']) {
        const file = path.join(library, language, 'diagnosticMessages.generated.json');
        const messages = Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>);
        const long = messages.filter((message) => message.split(' ').length >= 10);
        const taken = long.filter(understands).length / Math.max(1, long.length);
        assert.ok(taken < 0.1, `${language}: ${taken} taken for English`);
      }
    });

    it('judges a huge text by its beginning', () => {
      const huge = 'the build server is slow '.repeat(1_000_000);
      const took = cpuTime(() => assert.ok(understands(huge)));
      assert.ok(took < 500, `${took} ms`);
    });
  });
});
