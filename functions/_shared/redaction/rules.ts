import { builtIn } from './built-in.ts';

/** What config.yaml says under `redaction`. */
export interface RedactionRules {
  /** The kinds that are redacted in every record: built-in ones, and own ones by name. */
  apply: string[];
  /** Own kinds: regular expressions in RE2's syntax, by name. */
  patterns: Record<string, string>;
  /** How long one record may wait for its redaction; its bodies are withheld after that. */
  timeoutMs: number;
}

export const noRules: RedactionRules = { apply: [], patterns: {}, timeoutMs: 2000 };

export const kindsOf = ({ patterns }: Pick<RedactionRules, 'patterns'>): string[] => [
  ...Object.keys(builtIn),
  ...Object.keys(patterns),
];
