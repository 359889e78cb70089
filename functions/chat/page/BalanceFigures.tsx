import { useMemo } from 'react';
import { formatCount, formatMoney, formatMoneyExactly } from '../../_shared/ui/format.ts';
import { balanceOf } from './balance.ts';
import type { Exchange } from './exchange.ts';
import { arrow, Entry } from './Figures.tsx';
import { ledger } from './ledger.ts';

/** The sum at the foot of the column, ruled off as bookkeepers do. */
export function BalanceFigures({ exchanges }: { exchanges: readonly Exchange[] }) {
  const balance = useMemo(() => balanceOf(exchanges), [exchanges]);
  const { answers, inputTokens, outputTokens, cost, unpriced } = balance;
  const rest = unpriced === 0 ? '' : `, and ${formatCount(unpriced)} of unknown cost`;
  // The sum of one is that one, which on a small screen stands right above.
  const narrow = answers > 1 ? 'max-lg:order-first max-lg:pt-2' : 'max-lg:hidden';
  return (
    <div className={`${ledger.margin} ${narrow} lg:py-4`}>
      {answers > 0 && (
        <dl
          aria-label="This chat in all"
          className="flex flex-wrap gap-x-4 text-xs lg:flex-col lg:gap-y-1"
        >
          <Entry name="Answers" value={formatCount(answers)} />
          <Entry
            name="Tokens"
            value={arrow({ input_tokens: inputTokens, output_tokens: outputTokens })}
          />
          <div className="lg:border-b-3 lg:border-double lg:border-ink-faint lg:pb-0.5">
            <Entry
              name="Cost"
              title={formatMoneyExactly(cost) + rest}
              value={
                <span className="font-semibold text-ink">
                  {formatMoney(cost)}
                  {cost !== null && unpriced > 0 && ' + ?'}
                </span>
              }
            />
          </div>
        </dl>
      )}
    </div>
  );
}
