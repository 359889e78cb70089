import { Link } from 'wouter';
import type { UsageRank } from '../../../_shared/store/usage.ts';
import {
  formatCount,
  formatLatency,
  formatMoney,
  formatMoneyExactly,
  formatShare,
  formatTokens,
} from '../../../_shared/ui/format.ts';
import { type ViewState, writeView } from '../url-state.ts';

const cell = 'py-2 pl-4 text-right whitespace-nowrap';

/** Usage by model, the costliest first. Each name leads to the calls behind its figures. */
export function ModelTable({ models, view }: { models: UsageRank[]; view: ViewState }) {
  return (
    <section aria-labelledby="by-model" className="rounded-lg border border-line bg-surface">
      <h2 id="by-model" className="px-4 pt-3 font-semibold">
        By model
      </h2>
      <div className="overflow-x-auto px-4 pb-2">
        <table className="w-full text-left">
          <thead className="text-xs text-ink-faint">
            <tr>
              <th scope="col" className="py-1.5 font-medium">
                Model
              </th>
              {['Calls', 'Errors', 'Tokens in → out', 'Cost', 'Latency p95'].map((name) => (
                <th key={name} scope="col" className="py-1.5 pl-4 text-right font-medium">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <tr key={model.value} className="border-t border-line hover:bg-hover">
                <th scope="row" className="max-w-80 min-w-32 truncate py-2 font-medium">
                  <ModelName name={model.value} view={view} />
                </th>
                <td className={cell}>{formatCount(model.calls)}</td>
                <td className={cell}>
                  {formatCount(model.failures)}{' '}
                  <span className={model.failures > 0 ? 'text-bad' : 'text-ink-faint'}>
                    {formatShare(model.failures, model.calls)}
                  </span>
                </td>
                <td className={cell}>{formatTokens(model.tokens)}</td>
                <td className={cell}>
                  <CostOf model={model} />
                </td>
                <td className={cell}>{formatLatency(model.latency_ms.p95)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** A call that is refused before its body is found right has no model on record. */
function ModelName({ name, view }: { name: string; view: ViewState }) {
  if (name === '') return <span className="text-ink-faint">No model on record</span>;
  return (
    <Link
      href={`/logs${writeView({ ...view, model: name })}`}
      title={`See the calls of ${name}`}
      className="text-accent hover:underline"
    >
      {name}
    </Link>
  );
}

function CostOf({ model }: { model: UsageRank }) {
  const { cost_nanos: cost, unpriced_calls: unpriced } = model;
  if (unpriced > 0 && cost === 0) {
    return <span title={`No price known for ${model.value}`}>$ unknown</span>;
  }
  return (
    <span title={formatMoneyExactly(cost)}>
      {formatMoney(cost)}
      {unpriced > 0 && <span className="text-ink-faint"> + {formatCount(unpriced)} unpriced</span>}
    </span>
  );
}
