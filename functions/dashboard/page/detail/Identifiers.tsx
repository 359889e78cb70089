import type { RequestLogDetail } from '../../../_shared/store/request-logs.ts';
import { CopyButton } from '../../../_shared/ui/CopyButton.tsx';
import { Icon } from '../../../_shared/ui/Icon.tsx';
import type { FilterName } from '../filter.ts';
import { Block } from './Block.tsx';

type Identifier = [name: string, value: string | null, filter?: FilterName];

/** Every name that this call is known by: to be copied, and to find the calls that share it. */
export function Identifiers({
  log,
  onFilter,
}: {
  log: RequestLogDetail;
  onFilter: (name: FilterName, value: string) => void;
}) {
  const all: Identifier[] = [
    ['Call', log.id],
    ['Answer', log.response_id],
    ['Model', log.model, 'model'],
    ['Provider', log.provider, 'provider'],
    ['Key', log.key_id, 'key_id'],
    ['Key alias', log.key_alias],
    ['Team', log.team_id, 'team_id'],
    ['User', log.user_id, 'user_id'],
    ['End user', log.end_user, 'end_user'],
    ...log.tags.map((tag): Identifier => ['Tag', tag, 'tag']),
    ['Deployment', log.deployment_id, 'deployment_id'],
    ['Endpoint', log.endpoint, 'endpoint'],
    ['Finish reason', log.finish_reason, 'finish_reason'],
    ['Error type', log.error?.type ?? null, 'error_type'],
    ['Error code', log.error?.code ?? null, 'error_code'],
    ['Client address', log.client_ip, 'client_ip'],
    ['Client', log.user_agent],
    ['Producer', log.source],
  ];
  return (
    <Block title="Identifiers">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4">
        {all.map(
          ([name, value, filter]) =>
            value && (
              <div key={`${name} ${value}`} className="contents">
                <dt className="text-ink-soft">{name}</dt>
                <dd className="flex items-center gap-1">
                  <code className="truncate font-mono text-xs" title={value}>
                    {value}
                  </code>
                  <CopyButton text={value} what={name.toLowerCase()} />
                  {filter && (
                    <button
                      type="button"
                      onClick={() => onFilter(filter, value)}
                      aria-label={`Only calls with this ${name.toLowerCase()}`}
                      title={`Only calls with this ${name.toLowerCase()}`}
                      className="grid size-6 shrink-0 place-items-center rounded-md text-ink-faint hover:bg-hover hover:text-ink"
                    >
                      <Icon name="only" />
                    </button>
                  )}
                </dd>
              </div>
            ),
        )}
      </dl>
    </Block>
  );
}
