import {
  type RefObject,
  useCallback,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { Button } from '../../_shared/ui/Button.tsx';
import { Icon } from '../../_shared/ui/Icon.tsx';
import { BalanceFigures } from './BalanceFigures.tsx';
import { Composer } from './Composer.tsx';
import type { ChatStore } from './chat-store.ts';
import { ExchangeView } from './ExchangeView.tsx';
import { Header } from './Header.tsx';
import type { Kept } from './kept.ts';
import { LeftOut } from './LeftOut.tsx';
import { ledger } from './ledger.ts';
import { ModelPicker } from './ModelPicker.tsx';
import { Said } from './Said.tsx';
import { useSettings } from './settings.ts';
import { useStickToBottom } from './use-stick-to-bottom.ts';
import { Welcome } from './Welcome.tsx';

export function App({ store, kept }: { store: ChatStore; kept: Kept }) {
  const { exchanges, setAside } = useSyncExternalStore(store.subscribe, store.get);
  const settings = useSettings();
  const [picked, setPicked] = useState(kept.model);
  const [isEditing, setIsEditing] = useState(false);
  const { box, content, isAtBottom, toBottom } = useStickToBottom();
  const field = useRef<HTMLTextAreaElement>(null);
  const last = exchanges.at(-1);
  const isAnswering = last?.outcome === 'answering';
  const model = picked ?? settings.model;

  useEffect(() => {
    if (!isAnswering) return;
    const onKeyDown = ({ key, isComposing }: KeyboardEvent) => {
      if (key === 'Escape' && !isComposing) store.stop();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [isAnswering, store]);

  const retry = useCallback(() => {
    toBottom();
    focus(field);
    void store.resend(picked ?? undefined);
  }, [store, picked, toBottom]);
  const edit = useCallback(() => setIsEditing(true), []);

  const send = (text: string) => {
    toBottom();
    focus(field);
    setIsEditing(false);
    if (isEditing) void store.resend(picked ?? undefined, text);
    else void store.send(text, picked ?? undefined);
  };

  return (
    <div className="flex h-dvh flex-col">
      <Header
        dashboardUrl={settings.dashboardUrl}
        onNew={
          last &&
          (() => {
            setIsEditing(false);
            focus(field);
            store.clear();
          })
        }
      />
      <main className="relative flex min-h-0 flex-1 flex-col">
        {last && <h1 className="sr-only">Chat</h1>}
        <div
          ref={box}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
          tabIndex={0}
          className="min-h-0 flex-1 overflow-y-auto -outline-offset-2"
        >
          <div ref={content} className="flex min-h-full flex-col">
            {last ? (
              <>
                <div role="log" aria-label="Conversation" aria-live="off" aria-busy={isAnswering}>
                  {exchanges.map((exchange) => (
                    <ExchangeView
                      key={exchange.key}
                      exchange={exchange}
                      isLast={exchange === last}
                      dashboardUrl={settings.dashboardUrl}
                      onRetry={retry}
                      onEdit={edit}
                    />
                  ))}
                </div>
                <BlankSheet />
              </>
            ) : (
              <Welcome onAsk={send} onBringBack={setAside?.length ? store.bringBack : undefined} />
            )}
          </div>
        </div>
        <Said last={last} />
        <div className="border-t border-line max-lg:relative">
          <div className={last ? ledger.row : 'mx-auto w-full max-w-2xl'}>
            <div className={`${ledger.text} py-3 lg:relative`}>
              {!isAtBottom && (
                <Button
                  onClick={toBottom}
                  className="absolute bottom-full left-1/2 mb-3 -translate-x-1/2 shadow-raised"
                >
                  <Icon name="down" /> {isAnswering ? 'New text below' : 'To the bottom'}
                </Button>
              )}
              <LeftOut exchanges={exchanges} />
              <Composer
                field={field}
                key={isEditing ? 'edit' : 'new'}
                initial={isEditing ? (last?.question ?? '') : kept.draft()}
                isEditing={isEditing}
                isAnswering={isAnswering}
                onText={isEditing ? () => {} : kept.keepDraft}
                onSend={send}
                onStop={() => {
                  focus(field);
                  store.stop();
                }}
                onEditLast={() => last && edit()}
                onCancelEdit={() => setIsEditing(false)}
              >
                <ModelPicker
                  models={settings.models}
                  model={model}
                  onPick={(name) => {
                    setPicked(name);
                    kept.keepModel(name);
                  }}
                />
              </Composer>
            </div>
            {last && <BalanceFigures exchanges={exchanges} />}
          </div>
        </div>
      </main>
    </div>
  );
}

/**
 * The button that was pressed may be gone by now, and the focus with it. Where fingers point, the
 * focus would bring up a keyboard over the answer.
 */
function focus(field: RefObject<HTMLTextAreaElement | null>) {
  if (matchMedia('(pointer: fine)').matches) field.current?.focus();
}

/** Rules the column of amounts down to the foot of the sheet. */
function BlankSheet() {
  return (
    <div className={`${ledger.row} grow`} aria-hidden>
      <div />
      <div className={ledger.margin} />
    </div>
  );
}
