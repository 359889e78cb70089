import type { Percentiles } from '../usage.ts';

/**
 * A sketch of a distribution: how many values fell into each of a fixed set of buckets, each 2 %
 * wider than the one before (as DDSketch does). Sketches merge by adding counts, which SQL can do,
 * and any percentile is within 1 % of the true value. Percentiles themselves cannot be merged.
 */
const gamma = 1.02;
const logGamma = Math.log(gamma);
/** Where values of 0 and below go; the smallest that is told apart is a nanosecond. */
const zeroBucket = Math.ceil(Math.log(1e-6) / logGamma);

export function bucketOf(value: number): number {
  if (value <= 1e-6) return zeroBucket;
  return Math.ceil(Math.log(value) / logGamma);
}

function middleOf(bucket: number): number {
  return bucket <= zeroBucket ? 0 : (2 * gamma ** bucket) / (1 + gamma);
}

/** The percentiles of counted buckets, in any order. */
export function percentilesOf(buckets: { bucket: number; count: number }[]): Percentiles {
  const sorted = [...buckets].sort((a, b) => a.bucket - b.bucket);
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  const at = (share: number): number | null => {
    if (total === 0) return null;
    const rank = Math.max(1, Math.ceil(share * total));
    let seen = 0;
    for (const { bucket, count } of sorted) {
      seen += count;
      if (seen >= rank) return middleOf(bucket);
    }
    return null;
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
