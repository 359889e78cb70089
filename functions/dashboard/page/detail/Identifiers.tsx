import type { RequestLogDetail } from '../../../_shared/store/request-logs.ts';
import { CopyButton } from '../../../_shared/ui/CopyButton.tsx';
import { Block } from './Block.tsx';

/** Every name that this call is known by, each ready to be copied. */
export function Identifiers({ log }: { log: RequestLogDetail }) {
  const all: [string, string | null][] = [
    ['Call', log.id],
    ['Answer', log.response_id],
    ['Key', log.key_id],
    ['Key alias', log.key_alias],
    ['Team', log.team_id],
    ['User', log.user_id],
    ['End user', log.end_user],
    ['Deployment', log.deployment_id],
    ['Endpoint', log.endpoint],
    ['Tags', log.tags.join(', ')],
    ['Client', [log.client_ip, log.user_agent].filter(Boolean).join(' · ')],
    ['Producer', log.source],
  ];
  return (
    <Block title="Identifiers">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4">
        {all.map(
          ([name, value]) =>
            value && (
              <div key={name} className="contents">
                <dt className="text-ink-soft">{name}</dt>
                <dd className="flex items-center gap-1">
                  <code className="truncate font-mono text-xs" title={value}>
                    {value}
                  </code>
                  <CopyButton text={value} what={name.toLowerCase()} />
                </dd>
              </div>
            ),
        )}
      </dl>
    </Block>
  );
}
