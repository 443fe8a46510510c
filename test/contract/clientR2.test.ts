import assert from 'node:assert/strict';
import { createR2Bucket, listR2Buckets, R2ObjectStore } from '../../src/cloudflare/r2.ts';
import { rejectsWith, useClient } from './clientFixture.ts';

describe('R2ObjectStore against the emulator', () => {
  const fixture = useClient();
  let store: R2ObjectStore;
  before(async () => {
    await createR2Bucket({ ...fixture.place, bucket: 'client-bucket' });
    store = new R2ObjectStore({ ...fixture.place, bucket: 'client-bucket' });
  });

  for (const content of [
    '\uFEFFwith a mark at the beginning\r\n\n',
    'ünï 🎉 漢字 \u2028',
    '{"success":true}',
  ])
    it(`gives back exactly ${JSON.stringify(content)}`, async () => {
      await store.put('content/abc.txt', content);
      assert.equal(await store.get('content/abc.txt'), content);
    });

  it('stores under the key that other programs use', async () => {
    await store.put('content/0123.txt', 'x');
    assert.ok((await store.list('content/0')).keys.includes('content/0123.txt'));
  });

  it('knows an object that is not there from a bucket that is not there', async () => {
    assert.equal(await store.get('content/none.txt'), undefined);
    await store.delete(['content/none.txt']);
    const nowhere = new R2ObjectStore({ ...fixture.place, bucket: 'nowhere' });
    await rejectsWith(nowhere.get('content/none.txt'), 'misconfigured', /no R2 bucket nowhere/);
  });

  it('deletes', async () => {
    await store.put('content/gone.txt', 'x');
    await store.delete(['content/gone.txt']);
    assert.equal(await store.get('content/gone.txt'), undefined);
  });

  it('never leaves the bucket, whatever the key', async () => {
    for (const key of ['../../d1/database', 'a/../../b', '%2e%2e/x', 'a?b#c'])
      assert.equal(await store.get(key), undefined);
    for (const key of ['..', '.', '']) await rejectsWith(store.get(key), 'invalid-input', /not a name/);
  });

  it('finds a bucket with a jurisdiction only by naming it', async () => {
    const place = { ...fixture.place, bucket: 'european', jurisdiction: 'eu' };
    await createR2Bucket(place);
    const european = new R2ObjectStore(place);
    await european.put('content/e.txt', 'bonjour');
    assert.equal(await european.get('content/e.txt'), 'bonjour');
    assert.deepEqual(await listR2Buckets(fixture.place.client, fixture.account, { jurisdiction: 'eu' }), [
      'european',
    ]);
    assert.deepEqual(await listR2Buckets(fixture.place.client, fixture.account), ['client-bucket']);
  });

  it('takes a bucket that exists for made', async () => {
    await createR2Bucket({ ...fixture.place, bucket: 'client-bucket' });
  });

  it('explains an account without R2', async () => {
    fixture.emulator.settings.r2Enabled = false;
    await rejectsWith(
      store.get('content/x.txt'),
      'misconfigured',
      /not enabled.*payment method.*Without it everything works/,
    ).finally(() => {
      fixture.emulator.settings.r2Enabled = true;
    });
  });
});
