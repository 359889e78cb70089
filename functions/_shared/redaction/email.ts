import { byPattern, type Detector } from './detector.ts';

/**
 * An address as people write them, letters of any script included (RFC 6531). A run of letters is
 * tried from its beginning only, so that a long one is not scanned once for each of its letters.
 */
const address =
  /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]+(?:'[\p{L}\p{N}._%+-]+){0,3}@(?:[\p{L}\p{N}-]+\.)+(?:xn--[a-z\d-]+|\p{L}{2,63})/giu;
const detect = byPattern(address);

export const findEmails: Detector = (text) => (text.includes('@') ? detect(text) : []);
