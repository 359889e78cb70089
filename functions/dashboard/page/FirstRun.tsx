import { useMutation } from '@tanstack/react-query';
import { Button } from '../../_shared/ui/Button.tsx';
import { CopyButton } from '../../_shared/ui/CopyButton.tsx';
import type { SessionAnswer } from '../api/session.ts';
import { toCurl } from './curl.ts';
import { post } from './server.ts';

/** Shown until there is a call: how to make one, and the ear that waits for it. */
export function FirstRun({ gateway }: { gateway: SessionAnswer['gateway'] }) {
  const send = useMutation({ mutationFn: () => post('first-call') });
  const command = toCurl(new URL('/v1/chat/completions', gateway.url).href, {
    model: gateway.model,
    messages: [{ role: 'user', content: 'Say hello in five words.' }],
  });
  return (
    <section className="mx-auto w-full max-w-3xl px-4 py-8 sm:py-14" aria-labelledby="first-run">
      <h1 id="first-run" className="text-2xl font-semibold tracking-tight">
        Send your first call
      </h1>
      <p className="mt-2 max-w-prose text-ink-soft">
        Any OpenAI client works: give it this base URL and a key of the gateway. The call appears
        here, with its tokens, cost and timing, as soon as it is answered.
      </p>

      <dl className="mt-6 grid gap-x-6 gap-y-3 sm:grid-cols-[auto_1fr]">
        <Setting name="Base URL" value={new URL('/v1', gateway.url).href} />
        <Setting name="Model" value={gateway.model} />
        <dt className="text-ink-faint">Key</dt>
        <dd>
          <code className="font-mono">$TALLYGATE_API_KEY</code> stands for the master key, the one
          you signed in with:{' '}
          <code className="font-mono break-words">export TALLYGATE_API_KEY=sk-…</code>
        </dd>
      </dl>

      <figure className="mt-6 overflow-hidden rounded-lg border border-line bg-sunken">
        <figcaption className="flex items-center justify-between border-b border-line py-1 pr-2 pl-4 text-ink-soft">
          <span>In a terminal</span>
          <CopyButton text={command} what="the command">
            Copy
          </CopyButton>
        </figcaption>
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
          tabIndex={0}
          className="overflow-x-auto px-4 py-3 font-mono text-[13px] leading-relaxed"
        >
          {command}
        </pre>
      </figure>

      <div className="mt-6 flex flex-wrap items-center gap-x-5 gap-y-3">
        <p role="status" className="flex items-center gap-2.5 font-medium">
          <span className="relative flex size-2.5" aria-hidden>
            <span className="absolute size-full animate-ping rounded-full bg-accent opacity-60" />
            <span className="size-full rounded-full bg-accent" />
          </span>
          Listening for the first call…
        </p>
        <Button disabled={send.isPending} onClick={() => send.mutate()} className="sm:ml-auto">
          {send.isPending ? 'Sending…' : 'Send it from here'}
        </Button>
      </div>
      <p role="alert" className="mt-3 text-bad empty:hidden">
        {send.error?.message}
      </p>
    </section>
  );
}

function Setting({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt className="text-ink-faint">{name}</dt>
      <dd className="flex items-center gap-1">
        <code className="font-mono [overflow-wrap:anywhere]">{value}</code>
        <CopyButton text={value} what={name} />
      </dd>
    </>
  );
}
