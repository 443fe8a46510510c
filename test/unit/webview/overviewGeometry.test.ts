import assert from 'node:assert/strict';
import { Camera } from '../../../src/webview/overview/map/camera.ts';
import { nearestPoint, nextPoint, pointsWithin } from '../../../src/webview/overview/map/geometry.ts';

const camera = (): Camera => Object.assign(new Camera(), { width: 200, height: 100 });

describe('the camera over the map', () => {
  it('shows the whole map at first, and finds its way back from the screen', () => {
    const view = camera();
    const { x, y } = view.toScreen(1, 1);
    assert.ok(x > 100 && x < 200 && y > 0 && y < 50);
    const back = view.toMap({ x, y });
    assert.ok(Math.abs(back.x - 1) < 1e-9 && Math.abs(back.y - 1) < 1e-9);
  });

  it('keeps what lies under the pointer there while it zooms', () => {
    const view = camera();
    const pixel = { x: 150, y: 20 };
    const before = view.toMap(pixel);
    view.zoomAt(pixel, 3);
    const after = view.toMap(pixel);
    assert.ok(Math.abs(before.x - after.x) < 1e-9 && Math.abs(before.y - after.y) < 1e-9);
    for (let i = 0; i < 100; i++) view.zoomAt(pixel, 3);
    assert.equal(view.zoom, 200);
  });

  it('follows the hand, and moves to a place that is out of sight only', () => {
    const view = camera();
    view.pan(46, 0);
    assert.ok(Math.abs(view.x + 1) < 1e-9);
    view.reset();
    view.reveal(0.1, 0.1);
    assert.equal(view.x, 0);
    view.zoomAt({ x: 100, y: 50 }, 50);
    view.reveal(0.9, 0.9);
    assert.deepEqual([view.x, view.y], [0.9, 0.9]);
  });
});

describe('the points of the map', () => {
  /** In the middle, to the right, above it, and one without a place. */
  const points = Float32Array.from([0, 0, 0.5, 0.1, 0.1, 0.6, NaN, NaN]);

  it('are found near the pointer, and only there', () => {
    const view = camera();
    assert.equal(nearestPoint(points, view, view.toScreen(0.48, 0.1), 10), 1);
    assert.equal(nearestPoint(points, view, view.toScreen(-0.9, -0.9), 10), undefined);
  });

  it('lead from one to the next in each direction', () => {
    assert.equal(nextPoint(points, 0, 'right'), 1);
    assert.equal(nextPoint(points, 0, 'up'), 2);
    assert.equal(nextPoint(points, 1, 'left'), 0);
    assert.equal(nextPoint(points, 0, 'down'), undefined);
  });

  it('are selected by a line around them', () => {
    const view = camera();
    const around = [
      [-0.2, -0.2],
      [0.8, -0.2],
      [0.8, 0.3],
      [-0.2, 0.3],
    ].map(([x = 0, y = 0]) => view.toScreen(x, y));
    assert.deepEqual(pointsWithin(points, view, around), [0, 1]);
    assert.deepEqual(pointsWithin(points, view, around.slice(0, 1)), []);
  });
});
