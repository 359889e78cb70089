import type { Deployment } from '../../_shared/config/gateway-config.ts';
import { GatewayError } from '../../_shared/errors.ts';
import type { Step } from '../stairs.ts';

/**
 * Chooses the deployment that answers: one at random of those under the model's name (LiteLLM's
 * `simple-shuffle`), or the one whose id was asked for.
 */
export function route({
  deployments,
  random = Math.random,
}: {
  deployments: Deployment[];
  random?: () => number;
}): Step {
  const groups = new Map<string, Deployment[]>();
  const add = (name: string, deployment: Deployment) => {
    const group = groups.get(name);
    if (group) group.push(deployment);
    else groups.set(name, [deployment]);
  };
  for (const deployment of deployments) {
    add(deployment.modelName, deployment);
    if (deployment.id !== deployment.modelName) add(deployment.id, deployment);
  }
  return async function route(call, next) {
    const { model } = call;
    const group = groups.get(model);
    if (!group) {
      throw new GatewayError(
        'model_not_found',
        `The model '${model}' does not exist here. GET /v1/models lists those that do.`,
        { param: 'model' },
      );
    }
    const pinned = call.asked && call.api.pinned?.(call.asked);
    call.deployment = pinned
      ? findPinned(group, pinned)
      : (group[Math.floor(random() * group.length)] as Deployment);
    await next();
  };
}

/** What a deployment keeps, such as a stored response, is at that deployment alone. */
function findPinned(group: Deployment[], id: string): Deployment {
  const deployment = group.find((each) => each.id === id);
  if (deployment) return deployment;
  throw new GatewayError(
    'not_found',
    'The deployment that made what this request refers to is not one of this model (any more). ' +
      'Ask with the model that made it, or begin anew.',
  );
}
