import type { RequestLogDetail } from '../../../_shared/store/request-logs.ts';
import { formatCount, formatMoneyExactly, formatUnitPrice } from '../../../_shared/ui/format.ts';
import type { TokenKind } from '../../../_shared/units.ts';
import { Block } from './Block.tsx';

const kindNames: Record<TokenKind, string> = {
  input: 'Input',
  cache_read: 'Input, read from cache',
  cache_write: 'Input, written to cache',
  input_audio: 'Input, audio',
  output: 'Output',
  reasoning: 'Output, reasoning',
  output_audio: 'Output, audio',
};

const priceSources = {
  config: 'Prices from model_list in config.yaml',
  'genai-prices': 'Prices from the public genai-prices list',
};

/** The cost as an invoice: each kind of token, its price, and what that makes. */
export function Invoice({ log }: { log: RequestLogDetail }) {
  const lines = log.cost_lines.filter(({ tokens }) => tokens > 0);
  const counted = Object.entries(log.tokens).filter(([, count]) => count > 0) as [
    TokenKind,
    number,
  ][];
  return (
    <Block title="Cost">
      {lines.length > 0 || counted.length > 0 ? (
        <div className="overflow-x-auto">
          <table className="w-full">
            <thead className="text-left text-xs text-ink-faint">
              <tr>
                <th scope="col" className="pb-1 font-medium">
                  Tokens
                </th>
                {['Count', 'Price', 'Amount'].map((name) => (
                  <th key={name} scope="col" className="pb-1 pl-4 text-right font-medium">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {lines.length > 0
                ? lines.map((line) => (
                    <Line
                      key={line.kind}
                      kind={line.kind}
                      tokens={line.tokens}
                      price={formatUnitPrice(line.nanos_per_million)}
                      amount={formatMoneyExactly(line.cost_nanos)}
                    />
                  ))
                : counted.map(([kind, tokens]) => (
                    <Line key={kind} kind={kind} tokens={tokens} price="unknown" amount="—" />
                  ))}
            </tbody>
            <tfoot>
              <tr className="border-t border-line-strong font-semibold">
                <th scope="row" className="py-1.5 text-left font-semibold">
                  Total
                </th>
                <td className="py-1.5 pl-4 text-right">{formatCount(log.total_tokens)}</td>
                <td />
                <td className="py-1.5 pl-4 text-right">
                  {log.cost_nanos === null ? '$ unknown' : formatMoneyExactly(log.cost_nanos)}
                </td>
              </tr>
            </tfoot>
          </table>
        </div>
      ) : null}
      <p className="mt-1 text-xs text-ink-faint">{noteOf(log, counted.length > 0)}</p>
    </Block>
  );
}

function Line({
  kind,
  tokens,
  price,
  amount,
}: {
  kind: TokenKind;
  tokens: number;
  price: string;
  amount: string;
}) {
  return (
    <tr className="border-t border-line">
      <th scope="row" className="py-1 text-left font-normal">
        {kindNames[kind]}
      </th>
      <td className="py-1 pl-4 text-right">{formatCount(tokens)}</td>
      <td className="py-1 pl-4 text-right whitespace-nowrap text-ink-soft">{price}</td>
      <td className="py-1 pl-4 text-right">{amount}</td>
    </tr>
  );
}

function noteOf(log: RequestLogDetail, used: boolean): string {
  const notes: string[] = [];
  if (log.cost_nanos === null) {
    notes.push(
      used
        ? `No price known for ${log.upstream_model ?? log.model}: give it one in model_list (input_cost_per_token, output_cost_per_token).`
        : 'No tokens were used, so there is nothing to price.',
    );
  } else if (log.price_source) {
    notes.push(`${priceSources[log.price_source]}.`);
  }
  if (log.tokens_source === 'tokenizer') {
    notes.push('The upstream sent no usage; the tokens were counted here.');
  }
  return notes.join(' ');
}
