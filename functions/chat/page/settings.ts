import { useEffect, useState } from 'react';
import type { ModelsAnswer, SettingsAnswer } from '../api/settings.ts';

export interface Settings {
  /** The model that answers when none is picked; null until it is known. */
  model: string | null;
  models: string[];
  dashboardUrl: string | null;
}

/** What the function tells the page. The chat works without: then nothing is picked or linked. */
export function useSettings(): Settings {
  const [settings, setSettings] = useState<Settings>({
    model: null,
    models: [],
    dashboardUrl: null,
  });

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const take = (known: Partial<Settings>) => {
      if (!signal.aborted) setSettings((before) => ({ ...before, ...known }));
    };
    void get<SettingsAnswer>('settings', signal).then(
      (answer) => answer && take({ model: answer.model, dashboardUrl: answer.dashboard_url }),
    );
    void get<ModelsAnswer>('models', signal).then(
      (answer) => answer && take({ models: answer.models }),
    );
    return () => controller.abort();
  }, []);

  return settings;
}

async function get<T>(path: string, signal: AbortSignal): Promise<T | null> {
  try {
    const answer = await fetch(`/api/${path}`, { signal });
    return answer.ok ? ((await answer.json()) as T) : null;
  } catch {
    return null;
  }
}
