import type { Percentiles } from '../usage.ts';
import { readVarints, writeVarint } from './varint.ts';

/**
 * A sketch of distributions: how many values of each metric fell into each of a fixed set of
 * buckets, each 2 % wider than the one before (as DDSketch does). Sketches merge by adding counts,
 * and any percentile is within 1 % of the true value. Percentiles themselves cannot be merged.
 */
export type Sketch = Map<number, number>;

export const sketchMetrics = ['latency_ms', 'time_to_first_token_ms'] as const;
export type SketchMetric = (typeof sketchMetrics)[number];

const gamma = 1.02;
const logGamma = Math.log(gamma);
/** Where values of 0 and below go; the smallest that is told apart is a nanosecond. */
const zeroBucket = Math.ceil(Math.log(1e-6) / logGamma);

/** The buckets of all metrics are one row of numbers, from 0 on: each metric's begin at its own. */
const bucketsAMetric = 2048;
const firstOf = (metric: SketchMetric) => sketchMetrics.indexOf(metric) * bucketsAMetric;

export function addValue(sketch: Sketch, metric: SketchMetric, value: number): void {
  const bucket = value <= 1e-6 ? zeroBucket : Math.ceil(Math.log(value) / logGamma);
  const place = firstOf(metric) + Math.min(bucket - zeroBucket, bucketsAMetric - 1);
  sketch.set(place, (sketch.get(place) ?? 0) + 1);
}

/**
 * As bytes: the number of buckets, then for each its distance from the one before and its count.
 * Bytes behind bytes are their sum, so that a database adds sketches by putting them together.
 */
export function toBytes(sketch: Sketch): Buffer {
  const places = [...sketch.keys()].sort((a, b) => a - b);
  if (places.length === 0) return Buffer.alloc(0);
  const bytes: number[] = [];
  writeVarint(bytes, places.length);
  let last = 0;
  for (const place of places) {
    writeVarint(bytes, place - last);
    writeVarint(bytes, sketch.get(place) as number);
    last = place;
  }
  return Buffer.from(bytes);
}

/** Adds what is in the bytes, `times` 1, or takes it away, -1. */
export function addBytes(sketch: Sketch, bytes: Uint8Array, times = 1): Sketch {
  const read = readVarints(bytes);
  while (read.left()) {
    let place = 0;
    for (let buckets = read.next(); buckets > 0; buckets--) {
      place += read.next();
      sketch.set(place, (sketch.get(place) ?? 0) + read.next() * times);
    }
  }
  return sketch;
}

/** As few bytes as they can be. */
export function joinBytes(bytes: Uint8Array): Buffer {
  return toBytes(addBytes(new Map(), bytes));
}

export function percentilesOf(sketch: Sketch, metric: SketchMetric): Percentiles {
  const first = firstOf(metric);
  const counted = [...sketch]
    .filter(([place, count]) => place >= first && place < first + bucketsAMetric && count > 0)
    .sort(([a], [b]) => a - b);
  const total = counted.reduce((sum, [, count]) => sum + count, 0);
  const at = (share: number): number | null => {
    const rank = Math.max(1, Math.ceil(share * total));
    let seen = 0;
    for (const [place, count] of counted) {
      seen += count;
      if (seen >= rank) return middleOf(place - first + zeroBucket);
    }
    return null;
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function middleOf(bucket: number): number {
  return bucket <= zeroBucket ? 0 : (2 * gamma ** bucket) / (1 + gamma);
}
