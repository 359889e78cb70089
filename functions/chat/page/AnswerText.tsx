import { memo } from 'react';
import { Markdown } from '../../_shared/ui/Markdown.tsx';
import { splitBlocks } from './blocks.ts';

const Block = memo(Markdown);

/** An answer's Markdown. While it grows, only its last part is rendered anew. */
export function AnswerText({ text, streaming }: { text: string; streaming: boolean }) {
  const blocks = splitBlocks(text);
  return (
    <div className="space-y-[0.65em]">
      {blocks.map((block, index) => (
        <Block
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only ever added at the end
          key={index}
          text={block}
          streaming={streaming && index === blocks.length - 1}
        />
      ))}
    </div>
  );
}
