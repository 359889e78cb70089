import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { Button } from '../../_shared/ui/Button.tsx';
import { Mark } from '../../_shared/ui/Mark.tsx';
import { ThemeButton } from '../../_shared/ui/ThemeButton.tsx';
import type { SessionAnswer } from '../api/session.ts';
import { post } from './server.ts';
import { sessionKey } from './session.ts';

const field =
  'mt-1 w-full rounded-md border border-line-strong bg-surface px-3 py-2 text-base text-ink';

/** One username, one password. Both fields are named so that a password manager knows them. */
export function SignIn() {
  const client = useQueryClient();
  const signIn = useMutation({
    mutationFn: (given: { username: string; password: string }) =>
      post<SessionAnswer>('sign-in', given),
    onSuccess: (session) => client.setQueryData(sessionKey, session),
  });

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    signIn.mutate({
      username: String(given.get('username') ?? ''),
      password: String(given.get('password') ?? ''),
    });
  };

  return (
    <main className="relative grid min-h-dvh place-items-center px-4 py-10">
      <div className="absolute top-3 right-3">
        <ThemeButton />
      </div>
      <div className="w-full max-w-sm">
        <Mark className="size-10" />
        <h1 className="mt-4 text-2xl font-semibold tracking-tight">Sign in to Tallygate</h1>
        <p className="mt-1 text-ink-soft">Every call that passed the gateway, on the books.</p>
        <form onSubmit={submit} className="mt-6 space-y-4">
          <label className="block font-medium">
            Username
            <input
              name="username"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              defaultValue="admin"
              required
              className={field}
            />
          </label>
          <label className="block font-medium">
            Password
            <input
              name="password"
              type="password"
              autoComplete="current-password"
              required
              // biome-ignore lint/a11y/noAutofocus: the page is this one form, and its username is filled in
              autoFocus
              aria-invalid={signIn.isError}
              aria-describedby="password-help sign-in-error"
              className={field}
            />
          </label>
          <p id="password-help" className="text-sm text-ink-soft">
            The password is the master key. <code className="font-mono">npm start</code> prints it;
            on a cluster it is in the Secret, unless UI_PASSWORD is set.
          </p>
          <p id="sign-in-error" role="alert" className="text-bad empty:hidden">
            {signIn.error?.message}
          </p>
          <Button
            type="submit"
            look="primary"
            disabled={signIn.isPending}
            className="min-h-10 w-full"
          >
            {signIn.isPending ? 'Signing in…' : 'Sign in'}
          </Button>
        </form>
      </div>
    </main>
  );
}
