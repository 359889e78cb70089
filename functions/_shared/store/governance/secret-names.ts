import { deepestNesting } from '../../nesting.ts';

/** Names under which secrets are given to providers and callbacks: `api_key`, `aws_secret_access_key` … */
const secretName =
  /(api_?key|access_key(_id)?|secret(_key)?|password|credentials?|private_key|(session|ad|auth|bearer|access|refresh)_token|authorization)$/i;

/** A reference to the environment names a secret and tells none. */
const isOpenSecret = (name: string, value: unknown): boolean =>
  secretName.test(name) &&
  typeof value === 'string' &&
  value !== '' &&
  !value.startsWith('os.environ/');

/** The name of the first member that tells a secret; undefined if none does. */
export function openSecretIn(value: unknown, levels = deepestNesting): string | undefined {
  if (typeof value !== 'object' || value === null || levels === 0) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const found = isOpenSecret(name, member) ? name : openSecretIn(member, levels - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A value without the secrets that its members tell, nor any sealed one. */
export function withoutSecrets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (isOpenSecret(name, member)) return [name, '(secret)'];
      if (name.startsWith('sealed_') && member !== '') return [name, '(sealed)'];
      return [name, withoutSecrets(member)];
    }),
  );
}
