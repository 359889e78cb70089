import { describe, expect, it } from 'vitest';
import { median, percentile } from './statistics.ts';

describe('percentile', () => {
  it('takes the nearest rank, whatever the order of the samples', () => {
    const samples = [50, 10, 40, 20, 30];
    expect(percentile(samples, 0.5)).toBe(30);
    expect(percentile(samples, 0.99)).toBe(50);
    expect(percentile(samples, 0)).toBe(10);
    expect(percentile(samples, 1)).toBe(50);
  });

  it('sorts by number, not by digits', () => {
    expect(percentile([9, 10, 100], 0.01)).toBe(9);
  });

  it('leaves the samples as they were', () => {
    const samples = [3, 1, 2];
    percentile(samples, 0.5);
    expect(samples).toEqual([3, 1, 2]);
  });

  it('knows nothing of no samples', () => {
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('median', () => {
  it('is the middle of an odd number and between the middle two of an even one', () => {
    expect(median([5, 1, 9])).toBe(5);
    expect(median([1, 2, 10, 20])).toBe(6);
    expect(median([])).toBeNaN();
  });
});
