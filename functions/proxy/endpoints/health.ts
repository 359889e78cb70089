import type { Deployment } from '../../_shared/config/gateway-config.ts';
import { answerJson } from '../../_shared/http/answer.ts';
import type { Routes } from '../../_shared/http/router.ts';
import type { Target } from '../providers/target.ts';
import type { Authenticator } from '../steps/authenticate.ts';
import type { Upstream } from '../upstream.ts';

const patienceMs = 10_000;

/**
 * LiteLLM's `/health`: which deployments answer. LiteLLM sends each a completion, which costs
 * money; this asks each for its list of models, with its credentials.
 */
export function health(
  deployments: Deployment[],
  targets: Map<string, Target>,
  upstream: Upstream,
  authenticator: Authenticator,
): Routes {
  const check = async (deployment: Deployment) => {
    const target = targets.get(deployment.id) as Target;
    const endpoint = {
      model: deployment.modelName,
      model_id: deployment.id,
      api_base: target.apiBase,
    };
    try {
      const status = await upstream.probe(target, patienceMs);
      const error = status < 400 ? null : `GET /models was answered ${status}`;
      return {
        healthy: error === null,
        endpoint: error === null ? endpoint : { ...endpoint, error },
      };
    } catch (error) {
      return { healthy: false, endpoint: { ...endpoint, error: (error as Error).message } };
    }
  };

  return {
    'GET /health': async (request, response) => {
      authenticator(request.headers);
      const checks = await Promise.all(deployments.map(check));
      const of = (healthy: boolean) =>
        checks.filter((each) => each.healthy === healthy).map((each) => each.endpoint);
      const healthy = of(true);
      const unhealthy = of(false);
      answerJson(response, 200, {
        healthy_endpoints: healthy,
        unhealthy_endpoints: unhealthy,
        healthy_count: healthy.length,
        unhealthy_count: unhealthy.length,
      });
    },
  };
}
