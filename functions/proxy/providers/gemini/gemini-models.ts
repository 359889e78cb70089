/** What a Gemini model can do, as far as a request must be written for it. */
export interface GeminiModel {
  /** How it is told to think: not at all, with a budget of tokens, or by a level. */
  thinking: 'none' | 'budget' | 'level';
  /** The fewest tokens that it can be told to think with; 0 where it can do without. */
  leastBudget: number;
  /** The level below `low`, and the one above it. */
  hasMinimalLevel: boolean;
  hasMediumLevel: boolean;
  /** Whether penalties are taken. */
  hasPenalties: boolean;
  /** Whether an answer can be held to JSON where functions may be called instead. */
  hasJsonBesideTools: boolean;
  /** Whether its own function calls are taken back only with the signatures that they came with. */
  wantsSignatures: boolean;
}

const versioned = /gemini-(\d+)(?:\.(\d+))?(?![\d.])/;

/**
 * Reads a model's abilities from its name. A Gemini without a version in its name
 * (`gemini-flash-latest`) is taken for a new one; what is no Gemini (Gemma) for an old one.
 */
export function geminiModel(name: string): GeminiModel {
  const match = versioned.exec(name);
  const isGemini = name.includes('gemini');
  const version = match
    ? Number(match[1]) + Number(match[2] ?? 0) / 100
    : isGemini
      ? Number.POSITIVE_INFINITY
      : 0;
  const since = (major: number, minor = 0) => version >= major + minor / 100;
  const isFlash = name.includes('flash');
  return {
    thinking: since(3) ? 'level' : since(2, 5) ? 'budget' : 'none',
    leastBudget: isFlash ? 0 : 128,
    hasMinimalLevel: since(3) && isFlash && !since(3, 7),
    hasMediumLevel: since(3, 1) || (since(3) && isFlash),
    hasPenalties: !since(3),
    hasJsonBesideTools: since(3),
    wantsSignatures: since(3),
  };
}
