import { formatCount, formatMoney, formatMoneyExactly } from '../../_shared/ui/format.ts';
import type { Balance } from './balance.ts';
import { arrow, Entry } from './Figures.tsx';

/** The sum at the foot of the column, ruled off as bookkeepers do. */
export function BalanceFigures({ balance }: { balance: Balance }) {
  const { answers, inputTokens, outputTokens, cost, unpriced } = balance;
  const rest = unpriced === 0 ? '' : `, and ${formatCount(unpriced)} of unknown cost`;
  return (
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
  );
}
