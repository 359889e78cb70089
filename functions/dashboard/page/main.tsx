import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { App } from './App.tsx';
import { ServerError } from './server.ts';
import { sessionKey } from './session.ts';

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError(error) {
      // The session ended while the page was open: the sign-in page takes over.
      if (error instanceof ServerError && error.status === 401) {
        client.setQueryData(sessionKey, null);
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ServerError && error.status < 500 && error.status > 0),
    },
  },
});

const place = document.getElementById('page');
if (place) {
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <Router base="/ui">
          <App />
        </Router>
      </QueryClientProvider>
    </StrictMode>,
  );
}
