const gatewayPlace = '<gateway>';

/** What the demo upstream has to say, chosen by words of the question. */
const topics: { words: RegExp; answer: string }[] = [
  {
    words: /\b(code|curl|python|typescript|sdk|program)\b/i,
    answer: `Any OpenAI client works; only the base URL and the key change:

\`\`\`python
from openai import OpenAI

client = OpenAI(base_url="${gatewayPlace}/v1", api_key="sk-…")
answer = client.chat.completions.create(
    model="custom-llm",
    messages=[{"role": "user", "content": "Hello!"}],
)
print(answer.choices[0].message.content)
\`\`\`

The call is in the books a moment later: tokens, cost, latency, and both bodies.`,
  },
  {
    words: /\b(cost|price|spend|budget|money|dollar)/i,
    answer: `Each answer has a price, worked out from its tokens:

| kind | counted as |
| --- | --- |
| prompt | tokens that were sent |
| cached prompt | tokens the provider read from its cache |
| answer | tokens that came back |

Prices come from the public list or from your own \`config.yaml\`. A model that nobody has priced
costs *unknown*, never zero.`,
  },
  {
    words: /\b(fail|error|retry|timeout|wrong|down)/i,
    answer: `Failures are worth seeing. Send me one of these and look at the log afterwards:

1. \`/error 500\` answers with a server error
2. \`/error 429\` asks you to slow down
3. \`/cut\` breaks the stream off in the middle
4. \`/slow\` takes its time

Every one of them leaves a row with its reason.`,
  },
];

const greeting = `Hello! You are talking through **Tallygate**, a gateway that keeps the books.

- Every call is logged with its tokens, cost, latency and status.
- Streams pass through as they come.
- The dashboard shows what was spent, what failed and who used what.

Ask me about *costs*, *code* or *errors*.`;

const note =
  'This is the built-in demo: no model is connected. Set `LLM_API_BASE`, `LLM_API_KEY` and `LLM_MODEL` to talk to a real one.';

/** `gatewayUrl` is where the reader of the answer reaches the gateway. */
export function answerTo(question: string, gatewayUrl: string): string {
  const topic = topics.find(({ words }) => words.test(question));
  const answer = (topic?.answer ?? greeting).replace(gatewayPlace, gatewayUrl);
  return `${answer}\n\n> ${note}`;
}

/** An answer in pieces of about a token each. */
export function piecesOf(answer: string): string[] {
  return answer.match(/\s*\S{1,6}|\s+/g) ?? [];
}

/** English takes about four characters a token. */
export const countTokens = (text: string) => Math.max(1, Math.ceil(text.length / 4));
