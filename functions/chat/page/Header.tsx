import { Button } from '../../_shared/ui/Button.tsx';
import { Icon } from '../../_shared/ui/Icon.tsx';
import { Wordmark } from '../../_shared/ui/Mark.tsx';
import { ThemeButton } from '../../_shared/ui/ThemeButton.tsx';

export interface HeaderProps {
  dashboardUrl: string | null;
  /** Absent while there is nothing to begin anew from. */
  onNew?: () => void;
}

export function Header({ dashboardUrl, onNew }: HeaderProps) {
  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line bg-surface px-3 sm:gap-2 sm:px-5">
      <Wordmark />
      <div className="ml-auto flex items-center gap-1 sm:gap-2">
        {/* First, so that nothing slides under the pointer when it goes. */}
        {onNew && (
          <Button onClick={onNew} className="px-2 sm:px-3">
            New chat
          </Button>
        )}
        {dashboardUrl && (
          <a
            href={new URL('/ui/', dashboardUrl).href}
            target="_blank"
            rel="noreferrer noopener"
            title="Open the dashboard"
            className="inline-flex min-h-8 items-center gap-1.5 rounded-md px-2 font-medium text-ink-soft hover:bg-hover hover:text-ink sm:px-3"
          >
            <span className="max-[24rem]:sr-only">Dashboard</span>
            <Icon name="away" />
          </a>
        )}
        <ThemeButton />
      </div>
    </header>
  );
}
