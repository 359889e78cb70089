import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { ask } from './ask.ts';
import { createChatStore } from './chat-store.ts';
import { createKept } from './kept.ts';

const kept = createKept(() => sessionStorage);
const store = createChatStore({
  kept: kept.conversation(),
  keep: kept.keepConversation,
  ask,
  nextFrame: requestAnimationFrame,
});
// A reload ends the answer: stopped by us, its part is kept, and it does not look like a failure.
addEventListener('pagehide', store.stop);

const place = document.getElementById('page');
if (place) {
  createRoot(place).render(
    <StrictMode>
      <App store={store} kept={kept} />
    </StrictMode>,
  );
}
