import { hash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backend } from './backend.ts';

const fileName = /^[0-9a-f]{64}\.answer$/;

/** A file each in a folder that is ours alone; beyond `maxBytes` the oldest go. */
export async function openDiskBackend(folder: string, maxBytes: number): Promise<Backend> {
  await mkdir(folder, { recursive: true });
  /** By name, the oldest first. */
  const sizes = new Map<string, number>();
  let total = 0;

  function forget(name: string): void {
    total -= sizes.get(name) ?? 0;
    sizes.delete(name);
  }

  function note(name: string, size: number): void {
    forget(name);
    sizes.set(name, size);
    total += size;
  }

  async function makeRoom(): Promise<void> {
    for (const [name] of sizes) {
      if (total <= maxBytes) return;
      forget(name);
      await rm(join(folder, name), { force: true });
    }
  }

  const found = (await readdir(folder)).filter((name) => fileName.test(name));
  const stats = await Promise.all(
    found.map(async (name) => ({ name, ...(await sizeOf(join(folder, name))) })),
  );
  for (const { name, size } of stats.sort((a, b) => a.at - b.at)) note(name, size);
  await makeRoom();

  return {
    async get(key) {
      try {
        return await readFile(join(folder, nameOf(key)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    async put(key, value) {
      const name = nameOf(key);
      // Whoever reads sees the old file or the new one, and a crash leaves no half of either.
      const draft = join(folder, `${randomUUID()}.draft`);
      await writeFile(draft, value);
      await rename(draft, join(folder, name));
      note(name, value.length);
      await makeRoom();
    },
    async remove(keys) {
      const removed = await Promise.all(
        keys.map(async (key) => {
          const name = nameOf(key);
          const was = sizes.has(name);
          forget(name);
          await rm(join(folder, name), { force: true });
          return was;
        }),
      );
      return removed.filter(Boolean).length;
    },
    async flush() {
      for (const [name] of sizes) {
        forget(name);
        await rm(join(folder, name), { force: true });
      }
    },
    async ping() {
      await stat(folder);
    },
    close: async () => {},
  };
}

/** A key may hold what no file name can. */
const nameOf = (key: string) => `${hash('sha256', key)}.answer`;

async function sizeOf(path: string): Promise<{ size: number; at: number }> {
  const { size, mtimeMs } = await stat(path);
  return { size, at: mtimeMs };
}
