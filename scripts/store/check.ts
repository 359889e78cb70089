import { atOneMoment, needThisLayout, openBooks, withoutPassword } from './books.ts';
import { checkCalls } from './check/calls.ts';
import { checkDatabase } from './check/database.ts';
import type { Check } from './check/finding.ts';
import { checkPayloads } from './check/payloads.ts';

const checks: [string, Check][] = [
  ['the database', checkDatabase],
  ['calls, logs and attempts', checkCalls],
  ['bodies and what they are searched by', checkPayloads],
];

/** Looks for what cannot be in whole books. Throws when it found something. */
export async function check({
  store,
  say,
}: {
  store: string;
  say: (line: string) => void;
}): Promise<void> {
  const books = openBooks(store, { access: 'read' });
  try {
    await needThisLayout(books, withoutPassword(store));
    const found = await atOneMoment(books, async (db) => {
      const all: string[] = [];
      for (const [what, look] of checks) {
        const sentences = await look({ ...books, db }).catch((error: Error) => [
          `cannot be looked at: ${error.message}`,
        ]);
        say(`  ${what}: ${sentences.length === 0 ? 'in order' : `${sentences.length} findings`}`);
        for (const sentence of sentences) say(`    ${sentence}`);
        all.push(...sentences);
      }
      return all;
    });
    if (found.length > 0)
      throw new Error(`${found.length} findings. Restore a backup, or mend what is named.`);
    say('The books are whole.');
  } finally {
    await books.db.destroy();
  }
}
