import type { Percentiles } from '../usage.ts';
import { readVarints, writeVarint } from './varint.ts';

/**
 * A sketch of distributions: how many values of each metric fell into each of a fixed set of
 * buckets, each 2 % wider than the one before (as DDSketch does). Sketches merge by adding counts,
 * and any percentile is within 1 % of the true value. Percentiles themselves cannot be merged.
 *
 * As bytes it is the number of buckets that are not empty, then for each its distance from the one
 * before and its count. Bytes behind bytes are their sum, so that a database adds sketches by
 * putting them together.
 */
const sketchMetrics = ['latency_ms', 'time_to_first_token_ms'] as const;
export type SketchMetric = (typeof sketchMetrics)[number];

const gamma = 1.02;
const logGamma = Math.log(gamma);
/** Where values of 0 and below go; the smallest that is told apart is a nanosecond. */
const zeroBucket = Math.ceil(Math.log(1e-6) / logGamma);

/** The buckets of all metrics are one row of numbers, from 0 on: each metric's begin at its own. */
const bucketsAMetric = 2048;
const buckets = bucketsAMetric * sketchMetrics.length;
const firstOf = (metric: SketchMetric) => sketchMetrics.indexOf(metric) * bucketsAMetric;

function placeOf(metric: SketchMetric, value: number): number {
  const bucket = value <= 1e-6 ? zeroBucket : Math.ceil(Math.log(value) / logGamma);
  return firstOf(metric) + Math.min(bucket - zeroBucket, bucketsAMetric - 1);
}

/** The bytes of one call's values. */
export function bytesOfOne(values: Record<SketchMetric, number | null>): Buffer {
  const places: number[] = [];
  for (const metric of sketchMetrics) {
    const value = values[metric];
    if (value !== null) places.push(placeOf(metric, value));
  }
  return toBytes(places.map((place) => [place, 1]));
}

/** Counts by place, in the order of places. */
function toBytes(counts: [number, number][]): Buffer {
  if (counts.length === 0) return Buffer.alloc(0);
  const bytes: number[] = [];
  writeVarint(bytes, counts.length);
  let last = 0;
  for (const [place, count] of counts) {
    writeVarint(bytes, place - last);
    writeVarint(bytes, count);
    last = place;
  }
  return Buffer.from(bytes);
}

/** As few bytes as they can be. */
export const joinBytes = (bytes: Uint8Array): Buffer => createSketch().add(bytes).toBytes();

export function createSketch() {
  const counts = new Float64Array(buckets);
  let lowest = buckets;
  let highest = -1;
  return {
    /** Adds what is in the bytes, `times` 1, or takes it away, -1. */
    add(bytes: Uint8Array, times = 1) {
      const read = readVarints(bytes);
      while (read.left()) {
        let place = 0;
        for (let left = read.next(); left > 0; left--) {
          place += read.next();
          if (place < lowest) lowest = place;
          if (place > highest) highest = place;
          counts[place] = (counts[place] as number) + read.next() * times;
        }
      }
      return this;
    },

    toBytes(): Buffer {
      const counted: [number, number][] = [];
      for (let place = lowest; place <= highest; place++) {
        const count = counts[place] as number;
        if (count > 0) counted.push([place, count]);
      }
      return toBytes(counted);
    },

    percentiles(metric: SketchMetric): Percentiles {
      const first = firstOf(metric);
      const from = Math.max(lowest, first);
      const last = Math.min(highest, first + bucketsAMetric - 1);
      let total = 0;
      for (let place = from; place <= last; place++) total += counts[place] as number;
      const at = (share: number): number | null => {
        const rank = Math.max(1, Math.ceil(share * total));
        let seen = 0;
        for (let place = from; place <= last; place++) {
          seen += counts[place] as number;
          if (seen >= rank) return middleOf(place - first + zeroBucket);
        }
        return null;
      };
      return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
    },
  };
}

function middleOf(bucket: number): number {
  return bucket <= zeroBucket ? 0 : (2 * gamma ** bucket) / (1 + gamma);
}
