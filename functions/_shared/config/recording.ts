import { z } from 'zod';
import { builtIn } from '../redaction/built-in.ts';
import { kindsOf, type RedactionRules } from '../redaction/rules.ts';
import { parseConfigText, readConfigText } from './config-file.ts';

/** What of a call's content may be in the books. */
export interface RecordingRules {
  /** Bodies are left out of records and store alike. */
  withholdBodies: boolean;
  /** A client may ask that its bodies are left out (`no-log`). */
  honourNoLog: boolean;
  redaction: RedactionRules;
}

/** What is wrong with an own pattern's name; null for a right one. */
function faultOfName(name: string): string | null {
  if (Object.hasOwn(builtIn, name)) return 'has the name of a built-in pattern';
  if (/^[a-z][a-z0-9_-]{0,31}$/.test(name)) return null;
  return 'must have a name like employee_id, of at most 32 characters';
}

const redaction = z
  .object({
    apply: z.array(z.string()).max(64).default([]),
    patterns: z
      .record(z.string(), z.string().min(1).max(1024))
      .refine((patterns) => Object.keys(patterns).length <= 64, 'takes at most 64 patterns')
      .default({}),
    timeout: z.coerce.number().min(0.05).max(60).default(2),
  })
  .superRefine(({ apply, patterns }, context) => {
    for (const name of Object.keys(patterns)) {
      const message = faultOfName(name);
      if (message) context.addIssue({ code: 'custom', path: ['patterns', name], message });
    }
    const known = kindsOf({ patterns });
    for (const [index, name] of apply.entries()) {
      if (known.includes(name)) continue;
      const message = `is no pattern: "${name.slice(0, 64)}"; there are ${known.join(', ')}`;
      context.addIssue({ code: 'custom', path: ['apply', index], message });
    }
  })
  .prefault({});

/** The sections of config.yaml that are about recording. */
export const recordingSections = {
  litellm_settings: {
    turn_off_message_logging: z.boolean().default(false),
    global_disable_no_log_param: z.boolean().default(false),
  },
  redaction,
};

const file = z.object({
  litellm_settings: z.object(recordingSections.litellm_settings).prefault({}),
  redaction,
});

export function toRecordingRules({
  litellm_settings: settings,
  redaction: { apply, patterns, timeout },
}: z.infer<typeof file>): RecordingRules {
  return {
    withholdBodies: settings.turn_off_message_logging,
    honourNoLog: !settings.global_disable_no_log_param,
    redaction: { apply, patterns, timeoutMs: timeout * 1000 },
  };
}

/**
 * The rules alone, of a config.yaml whose models are not for the reader: ingest has neither their
 * keys nor their names.
 */
export function readRecordingRules(path: string, environment: NodeJS.ProcessEnv): RecordingRules {
  return toRecordingRules(parseConfigText(file, readConfigText(path), environment, path).config);
}
