import { Route, Switch } from 'wouter';
import type { SessionAnswer } from '../api/session.ts';
import { AlertsPage } from './alerts/AlertsPage.tsx';
import { FirstRun } from './FirstRun.tsx';
import { useFirstCall } from './first-call.ts';
import { LogsPage } from './logs/LogsPage.tsx';
import { Failure } from './parts/Failure.tsx';
import { Shell } from './Shell.tsx';
import { SignIn } from './SignIn.tsx';
import { useSession } from './session.ts';
import { UsagePage } from './usage/UsagePage.tsx';

export function App() {
  const session = useSession();
  if (session.isPending) return <p className="sr-only">Loading…</p>;
  if (session.isError) {
    return (
      <main className="mx-auto max-w-lg p-6">
        <Failure what="The dashboard" error={session.error} retry={session.refetch} />
      </main>
    );
  }
  if (session.data === null) return <SignIn />;
  return (
    <Shell username={session.data.username}>
      <Rooms gateway={session.data.gateway} />
    </Shell>
  );
}

function Rooms({ gateway }: { gateway: SessionAnswer['gateway'] }) {
  const firstCall = useFirstCall();
  if (firstCall === 'unknown') return null;
  if (firstCall === 'awaited') return <FirstRun gateway={gateway} />;
  return (
    <Switch>
      <Route path="/">
        <UsagePage />
      </Route>
      <Route path="/logs/:id?">
        {({ id }) => (
          <LogsPage openId={id ? decodeURIComponent(id) : null} gatewayUrl={gateway.url} />
        )}
      </Route>
      <Route path="/alerts">
        <AlertsPage />
      </Route>
      <Route>
        <section className="p-6">
          <h1 className="text-lg font-semibold">There is nothing at this address</h1>
          <p className="mt-1 text-ink-soft">Usage, Logs and Alerts are in the bar at the top.</p>
        </section>
      </Route>
    </Switch>
  );
}
