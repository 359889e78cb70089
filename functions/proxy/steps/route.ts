import { tagsOf } from '../record/describe-client.ts';
import { checkRequest } from '../request.ts';
import { readRequestOptions } from '../routing/request-options.ts';
import type { Router } from '../routing/router.ts';
import type { Step } from '../stairs.ts';

/** Plans where the call goes: the deployment that is asked first, and who in its place. */
export function route({ router }: { router: Router }): Step {
  return async function route(call, next) {
    const { api, asked, text, model, request } = call;
    if (!asked || text === null) throw new Error('route needs a call that was read');
    const check = (given: object) => checkRequest(api.schema, given);
    const options = readRequestOptions(asked, request.headers, check);
    const pinned = api.pinned?.(asked) ?? null;
    const plan = router.plan({
      model,
      asked,
      text,
      prompt: api.prompt,
      pinned,
      tags: () => tagsOf(request, asked),
      options: pinned === null ? options : { ...options, disableFallbacks: true },
    });
    const { group, candidate } = plan.leg;
    call.plan = plan;
    call.group = group.name;
    call.deployment = candidate.deployment;
    call.target = candidate.target;
    await next();
  };
}
