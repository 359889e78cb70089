import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { Button } from '../../_shared/ui/Button.tsx';
import { localTimeZone } from '../../_shared/ui/format.ts';
import { Wordmark } from '../../_shared/ui/Mark.tsx';
import { ThemeButton } from '../../_shared/ui/ThemeButton.tsx';
import { post } from './server.ts';
import { sessionKey } from './session.ts';
import { readView, writeView } from './url-state.ts';

const rooms = [
  { path: '/', name: 'Usage' },
  { path: '/logs', name: 'Logs' },
  { path: '/alerts', name: 'Alerts' },
];

/** The bar at the top, and the room below it. */
export function Shell({ username, children }: { username: string; children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#room"
        className="sr-only rounded-md bg-accent px-3 py-1 text-on-accent focus:not-sr-only focus:absolute focus:z-50 focus:m-2"
      >
        Skip to the content
      </a>
      <header className="sticky top-0 z-20 flex h-12 shrink-0 items-center gap-2 border-b border-line bg-surface px-3 sm:gap-5 sm:px-5">
        <span className="flex [&>span>span]:max-sm:sr-only">
          <Wordmark />
        </span>
        <Rooms />
        <div className="ml-auto flex items-center gap-1 sm:gap-2">
          <span className="hidden text-xs text-ink-faint md:inline" title="Times are in this zone">
            {localTimeZone()}
          </span>
          <ThemeButton />
          <SignOut username={username} />
        </div>
      </header>
      <main id="room" tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
        {children}
      </main>
    </div>
  );
}

function Rooms() {
  const [path] = useLocation();
  const search = useSearch();
  const view = writeView(readView(search));
  return (
    <nav aria-label="Main" className="flex h-full">
      {rooms.map((room) => {
        const here = room.path === '/' ? path === '/' : path.startsWith(room.path);
        return (
          <Link
            key={room.path}
            href={room.path + view}
            aria-current={here ? 'page' : undefined}
            className={`flex h-full items-center border-b-2 px-3 font-medium ${
              here
                ? 'border-accent text-ink'
                : 'border-transparent text-ink-soft hover:border-line-strong hover:text-ink'
            }`}
          >
            {room.name}
          </Link>
        );
      })}
    </nav>
  );
}

function SignOut({ username }: { username: string }) {
  const client = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => post('sign-out'),
    onSuccess: () => {
      client.setQueryData(sessionKey, null);
      // What was seen is not to be kept for whoever signs in next.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] });
    },
  });
  return (
    <Button
      look="quiet"
      disabled={signOut.isPending}
      onClick={() => signOut.mutate()}
      title={`Signed in as ${username}`}
      className="px-2"
    >
      {signOut.isError ? 'Try again' : 'Sign out'}
    </Button>
  );
}
