import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SetupError } from '../../../_shared/config/environment.ts';

const text = z.string().min(1).max(16_384);
const tokenUri = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .default('https://oauth2.googleapis.com/token');
const keyFile = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('service_account'),
    client_email: text,
    private_key: text,
    private_key_id: text.optional(),
    project_id: text.optional(),
    token_uri: tokenUri,
  }),
  // What `gcloud auth application-default login` leaves.
  z.object({
    type: z.literal('authorized_user'),
    client_id: text,
    client_secret: text,
    refresh_token: text,
    quota_project_id: text.optional(),
    token_uri: tokenUri,
  }),
]);

export type Credentials = (
  | { kind: 'service_account'; email: string; key: KeyObject; keyId: string | undefined }
  | { kind: 'authorized_user'; clientId: string; clientSecret: string; refreshToken: string }
) & { tokenUri: string; project: string | null };

/**
 * Google's credentials: a key file, its path, or its JSON. Throws a SetupError that says what is
 * wrong, in words that tell nothing of what is in it. `origin` is who named them.
 */
export function readCredentials(given: unknown, origin: string): Credentials {
  const parsed = keyFile.safeParse(toObject(given, origin));
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join('.');
    throw new SetupError(
      at === 'type'
        ? `${origin}: these Google credentials are of a type that is not supported; use the JSON key of a service account, or leave it out to use the metadata server's.`
        : `${origin}: these Google credentials lack a right ${at}; download the JSON key again.`,
    );
  }
  const { data } = parsed;
  if (data.type === 'authorized_user') {
    return {
      kind: data.type,
      clientId: data.client_id,
      clientSecret: data.client_secret,
      refreshToken: data.refresh_token,
      tokenUri: data.token_uri,
      project: data.quota_project_id ?? null,
    };
  }
  return {
    kind: data.type,
    email: data.client_email,
    key: readKey(data.private_key, origin),
    keyId: data.private_key_id,
    tokenUri: data.token_uri,
    project: data.project_id ?? null,
  };
}

function toObject(given: unknown, origin: string): unknown {
  if (typeof given !== 'string') return given;
  const isPath = !given.trimStart().startsWith('{');
  let json = given;
  try {
    if (isPath) json = readFileSync(given, 'utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    throw new SetupError(`${origin}: the file ${given} cannot be read (${code}).`);
  }
  try {
    return JSON.parse(json);
  } catch {
    throw new SetupError(`${origin}: ${isPath ? `the file ${given}` : 'the text'} is not JSON.`);
  }
}

function readKey(pem: string, origin: string): KeyObject {
  try {
    // From a variable it may come with its line ends escaped once more.
    return createPrivateKey(pem.replaceAll('\\n', '\n'));
  } catch {
    throw new SetupError(`${origin}: its private_key is no PEM key; download the JSON key again.`);
  }
}
