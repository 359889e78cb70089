import type { Deployment } from '../../_shared/config/gateway-config.ts';
import { parseGatewayConfig } from '../../_shared/config/gateway-config.ts';
import type { RoutingRules } from '../../_shared/config/routing.ts';
import { GatewayError, type GatewayErrorDetails } from '../../_shared/errors.ts';
import type { Api } from '../api.ts';
import { aDeployment } from '../call.fixture.ts';
import { chatRequest } from '../chat-request.ts';
import { chatCompletions } from '../endpoints/chat-completions.ts';
import { resolveTarget } from '../providers/target.ts';
import { checkRequest } from '../request.ts';
import type { Candidate, ModelGroup } from './candidate.ts';
import { createCooldownStore } from './cooldown-store.ts';
import { type CooldownNews, createCooldowns } from './cooldowns.ts';
import { createDeploymentState } from './deployment-state.ts';
import { createModelGroups } from './model-groups.ts';
import { readRequestOptions } from './request-options.ts';
import { createRouter } from './router.ts';

type Fields = Partial<Omit<Deployment, 'routing'>> & { routing?: Partial<Deployment['routing']> };

/** `id` or more of a deployment, the rest as usual. */
export function deploymentOf(given: string | Fields): Deployment {
  const { routing, ...fields } = typeof given === 'string' ? { id: given } : given;
  const deployment = aDeployment(fields);
  return { ...deployment, routing: { ...deployment.routing, ...routing } };
}

export function candidateOf(given: string | Fields): Candidate {
  const deployment = deploymentOf(given);
  return { deployment, target: resolveTarget(deployment), state: createDeploymentState() };
}

export const groupOf = (name: string, candidates: Candidate[]): ModelGroup => ({
  name,
  candidates,
  isById: false,
});

export const idOf = ({ deployment }: Candidate) => deployment.id;

/** As they are read of a config.yaml with this. */
export function rulesOf(router_settings: object = {}, litellm_settings: object = {}): RoutingRules {
  const model_list = [{ model_name: 'm', litellm_params: { model: 'openai/m' } }];
  // YAML takes JSON as it is.
  const source = JSON.stringify({ model_list, router_settings, litellm_settings });
  return parseGatewayConfig(source, {}).routing;
}

export const failureOf = (status: number, details: GatewayErrorDetails = {}) =>
  new GatewayError('upstream', `It answered ${status}.`, { status, ...details });

/** A router over these, on a clock that the test moves. */
export function aRouter(
  deployments: (string | Fields)[],
  rules = rulesOf(),
  random: () => number = () => 0,
) {
  const clock = { now: 1_000_000_000 };
  const news: CooldownNews[] = [];
  const now = () => clock.now;
  const all = deployments.map(deploymentOf);
  const groups = createModelGroups({
    deployments: all,
    targets: new Map(all.map((each) => [each.id, resolveTarget(each)])),
    resolve: resolveTarget,
    aliases: rules.aliases,
  });
  const cooldowns = createCooldowns({
    rules: rules.cooldown,
    store: createCooldownStore(),
    now,
    onNews: (each) => news.push(each),
  });
  const costOf = ({ deployment }: Candidate) => deployment.prices.input ?? null;
  const windowOf = ({ deployment }: Candidate) => deployment.routing.maxInputTokens;
  const router = createRouter({ groups, rules, cooldowns, costOf, windowOf, now, random });
  return {
    router,
    cooldowns,
    groups,
    clock,
    news,
    plan(
      model: string,
      more: object = {},
      headers: Record<string, string> = {},
      tags: string[] = [],
    ) {
      const asked = { model, messages: [{ role: 'user' as const, content: 'Hello!' }], ...more };
      return router.plan({
        model,
        asked,
        text: JSON.stringify(asked),
        prompt: chatCompletions.prompt as Api['prompt'],
        pinned: null,
        tags: () => tags,
        options: readRequestOptions(asked, headers, (given) => checkRequest(chatRequest, given)),
      });
    },
  };
}
