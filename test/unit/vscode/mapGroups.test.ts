import assert from 'node:assert/strict';
import { NO_GROUP } from '../../../src/shared/overviewProtocol.ts';
import { mapGroups } from '../../../src/vscode/overview/mapGroups.ts';

const memory = (tags: readonly string[], memoryType?: string) => ({ tags, memoryType });
const label = (name: string): string => name.toUpperCase();

describe('what the map is coloured by', () => {
  it('are the most used names first, and the rarest of a memory’s own', () => {
    const { tags } = mapGroups(
      [memory(['a', 'b']), memory(['a']), memory([]), memory(['b', 'c', 'a'])],
      label,
    );
    assert.deepEqual(tags.names, [
      { name: 'a', label: 'A', count: 3 },
      { name: 'b', label: 'B', count: 2 },
      { name: 'c', label: 'C', count: 1 },
    ]);
    assert.deepEqual([...tags.of], [1, 0, NO_GROUP, 2]);
    assert.deepEqual([...tags.has], [0b011, 0b001, 0, 0b111]);
  });

  it('keeps projects apart from tags, and types from both', () => {
    const { tags, types, projects } = mapGroups([memory(['proj:shop', 'a'], 'note'), memory([])], label);
    assert.deepEqual(
      [tags, types, projects].map(({ names }) => names.map(({ name }) => name)),
      [['a'], ['note'], ['shop']],
    );
    assert.deepEqual([...types.of], [0, NO_GROUP]);
  });

  it('names nine; the others are like those without a name', () => {
    const many = Array.from({ length: 30 }, (_, i) => memory([`t${String(i % 12).padStart(2, '0')}`]));
    const { tags } = mapGroups(many, label);
    assert.equal(tags.names.length, 9);
    assert.deepEqual([tags.of[9], tags.has[9]], [NO_GROUP, 0]);
  });
});
