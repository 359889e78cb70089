import type { Exchange } from './exchange.ts';

const conversationKey = 'tallygate-chat';
const draftKey = 'tallygate-chat-draft';
const modelKey = 'tallygate-chat-model';
/** Raised when an Exchange changes, so that a new page does not read an old one's. */
const version = 1;
/** A browser keeps some five million characters for a page. */
const mostCharacters = 2_000_000;
const mostExchanges = 100;

type Keeper = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export type Kept = ReturnType<typeof createKept>;

/**
 * What is kept over a reload: in the tab's own storage, so that two tabs do not overwrite each
 * other and nothing outlasts the tab. Where storage is barred, even to name it throws.
 */
export function createKept(open: () => Keeper) {
  return {
    conversation: (): Exchange[] => read(open),
    keepConversation: (exchanges: readonly Exchange[]) => write(open, exchanges),
    draft: (): string => attempt(() => open().getItem(draftKey)) ?? '',
    keepDraft(draft: string) {
      attempt(() => open().setItem(draftKey, draft.slice(0, mostCharacters)));
    },
    /** The model that was picked; null when none was. */
    model: (): string | null => attempt(() => open().getItem(modelKey)),
    keepModel(model: string) {
      attempt(() => open().setItem(modelKey, model));
    },
  };
}

function write(open: () => Keeper, exchanges: readonly Exchange[]): void {
  let newest = exchanges.slice(-mostExchanges);
  for (; newest.length > 0; newest = newest.slice(1)) {
    const text = JSON.stringify({ version, exchanges: newest });
    if (text.length > mostCharacters) continue;
    if (attempt(() => open().setItem(conversationKey, text) ?? true)) return;
  }
  attempt(() => open().removeItem(conversationKey));
}

function read(open: () => Keeper): Exchange[] {
  const text = attempt(() => open().getItem(conversationKey));
  if (!text) return [];
  const kept = attempt(() => JSON.parse(text) as { version?: unknown; exchanges?: Exchange[] });
  if (kept?.version !== version || !Array.isArray(kept.exchanges)) return [];
  // An answer that was on its way ended with the page that had asked.
  return kept.exchanges.map((exchange) =>
    exchange.outcome === 'answering' ? { ...exchange, outcome: 'stopped' } : exchange,
  );
}

/** Storage is barred in some private windows, and full at times: then nothing is kept. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
