import { answerJson } from '../../_shared/http/answer.ts';
import type { Routes } from '../../_shared/http/router.ts';
import type { ProxyClient } from '../proxy-client.ts';

const modelsTimeoutMs = 10_000;

export interface SettingsAnswer {
  /** The model that is asked when none is picked. */
  model: string;
  dashboard_url: string | null;
}

export interface ModelsAnswer {
  models: string[];
}

/** What the page needs to know. Its models are apart: the page works without, and without proxy. */
export function settingsRoutes({
  proxyClient,
  ...settings
}: {
  proxyClient: () => Promise<ProxyClient>;
  model: string;
  dashboardUrl: string | null;
}): Routes {
  return {
    'GET /api/settings'(_request, response) {
      answerJson(response, 200, {
        model: settings.model,
        dashboard_url: settings.dashboardUrl,
      } satisfies SettingsAnswer);
    },

    async 'GET /api/models'(_request, response) {
      const client = await proxyClient();
      const models = await client.models(AbortSignal.timeout(modelsTimeoutMs));
      answerJson(response, 200, { models } satisfies ModelsAnswer);
    },
  };
}
