import { Button } from '../../../_shared/ui/Button.tsx';

export type LiveState = 'following' | 'held' | 'paused' | 'searching';

const words: Record<LiveState, string> = {
  following: 'Live',
  held: 'On hold',
  paused: 'Paused',
  searching: 'Not live',
};

const titles: Record<LiveState, string> = {
  following: 'New calls appear by themselves',
  held: 'New calls wait while a call is open, the list is scrolled or text is selected',
  paused: 'New calls wait for you',
  searching: 'A search shows what is there; new calls do not come into it',
};

/** Whether new calls come in by themselves, and the way to change it. */
export function LiveSwitch({ state, onToggle }: { state: LiveState; onToggle: () => void }) {
  return (
    <Button
      look="quiet"
      aria-pressed={state === 'following' || state === 'held'}
      disabled={state === 'searching'}
      onClick={onToggle}
      className="px-2"
      title={titles[state]}
    >
      <span
        className={`size-2 rounded-full ${state === 'following' ? 'bg-accent' : 'border border-line-strong'}`}
        aria-hidden
      />
      {words[state]}
    </Button>
  );
}
