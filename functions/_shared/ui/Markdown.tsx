import ReactMarkdown, { RuleType, sanitizer } from 'markdown-to-jsx/react';
import type { ComponentProps, ReactNode } from 'react';
import { CopyButton } from './CopyButton.tsx';

/** Beyond this many characters a parse would hold up the page; the text is then shown as it is. */
const longest = 150_000;

function SafeLink({ href, children }: ComponentProps<'a'>) {
  if (!href) return <>{children}</>;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}

/** A remote image would tell its host who reads this answer, and when: it becomes a link. */
function ImageLink({ src, alt }: ComponentProps<'img'>) {
  const name = alt || 'image';
  if (typeof src !== 'string' || !/^https?:/i.test(src)) return <>[{name}]</>;
  return <SafeLink href={src}>[{name}]</SafeLink>;
}

function CodeBlock({ text, language }: { text: string; language?: string }) {
  return (
    <figure className="overflow-hidden rounded-md border border-line bg-sunken">
      <figcaption className="flex items-center justify-between border-b border-line py-0.5 pr-1 pl-3 text-xs text-ink-faint">
        <span>{language || 'text'}</span>
        <CopyButton text={text} what="code" />
      </figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
        tabIndex={0}
        className="overflow-x-auto px-3 py-2 font-mono text-[0.9em] leading-relaxed"
      >
        <code>{text}</code>
      </pre>
    </figure>
  );
}

/** Markdown that a model wrote: raw HTML stays text, nothing is loaded from elsewhere. */
export function Markdown({ text, streaming = false }: { text: string; streaming?: boolean }) {
  if (text.length > longest) {
    return <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</p>;
  }
  return (
    <div className="markdown">
      <ReactMarkdown
        options={{
          disableParsingRawHTML: true,
          disableFrontmatter: true,
          optimizeForStreaming: streaming,
          forceBlock: true,
          sanitizer: (value) => sanitizer(value),
          overrides: { a: SafeLink, img: ImageLink, input: TaskBox },
          renderRule(next, node, _renderChildren, state): ReactNode {
            if (node.type === RuleType.codeBlock) {
              return <CodeBlock key={state.key} text={node.text} language={node.lang} />;
            }
            return next();
          },
        }}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}

function TaskBox({ checked }: ComponentProps<'input'>) {
  return <input type="checkbox" checked={Boolean(checked)} disabled className="mr-1" />;
}
