import { GatewayError } from '../../_shared/errors.ts';
import { answerJson } from '../../_shared/http/answer.ts';
import { queryOf, type Routes } from '../../_shared/http/router.ts';
import { nanosToDollars } from '../../_shared/money.ts';
import type { RequestLogDetail } from '../../_shared/store/request-logs.ts';
import type { Store } from '../../_shared/store/store.ts';
import { inputTokens, outputTokens } from '../../_shared/units.ts';
import type { Authenticator } from '../steps/authenticate.ts';

/** LiteLLM's `GET /spend/logs?request_id=`: the rows of one call, an empty list if there is none. */
export function spendLogs(store: Store, authenticator: Authenticator): Routes {
  return {
    'GET /spend/logs': async (request, response) => {
      authenticator(request.headers);
      const id = queryOf(request).get('request_id');
      if (!id || id.length > 512) {
        throw new GatewayError(
          'invalid_request',
          'Send request_id: the id of an answer (chatcmpl-…) or its x-litellm-call-id.',
          { param: 'request_id' },
        );
      }
      const log = await store.requestLogs.find(id);
      answerJson(response, 200, log === null ? [] : [toSpendLog(log)]);
    },
  };
}

/** A log as a row of LiteLLM's `LiteLLM_SpendLogs`, newest schema. */
function toSpendLog(log: RequestLogDetail) {
  const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const { latency_ms: latency, time_to_first_token_ms: firstToken } = log;
  const prompt = inputTokens(log.tokens);
  const completion = outputTokens(log.tokens);
  return {
    request_id: log.response_id ?? log.id,
    call_type: log.operation === 'chat' ? 'acompletion' : log.operation,
    api_key: log.key_id,
    spend: nanosToDollars(log.cost_nanos ?? 0),
    total_tokens: prompt + completion,
    prompt_tokens: prompt,
    completion_tokens: completion,
    startTime: time(log.started_at),
    endTime: time(latency === null ? null : log.started_at + latency),
    request_duration_ms: latency === null ? null : Math.round(latency),
    completionStartTime: time(firstToken === null ? null : log.started_at + firstToken),
    model: log.upstream_model ?? log.model,
    model_id: log.deployment_id,
    model_group: log.model,
    custom_llm_provider: log.provider,
    api_base: log.api_base,
    user: log.user_id,
    metadata: {
      user_api_key: log.key_id,
      user_api_key_alias: log.key_alias,
      user_api_key_team_id: log.team_id || null,
      user_api_key_user_id: log.user_id || null,
      status: statusOf(log),
      error_information: log.error && {
        error_code: String(log.http_status ?? ''),
        error_class: log.error.type,
        error_message: log.error.message,
      },
      cost_breakdown: {
        total_cost: log.cost_nanos === null ? null : nanosToDollars(log.cost_nanos),
      },
      additional_usage_values: {
        cache_read_input_tokens: log.tokens.cache_read,
        cache_creation_input_tokens: log.tokens.cache_write,
      },
      litellm_overhead_time_ms: log.overhead_ms,
    },
    cache_hit: log.cache_hit ? 'True' : 'False',
    cache_key: '',
    request_tags: log.tags,
    team_id: log.team_id || null,
    organization_id: null,
    end_user: log.end_user || null,
    requester_ip_address: log.client_ip,
    messages: messagesOf(log.request),
    response: log.response ?? {},
    proxy_server_request: log.request ?? {},
    session_id: null,
    status: statusOf(log),
  };
}

/** LiteLLM knows two ends of a call; one that was cut short did not succeed. */
const statusOf = (log: RequestLogDetail) => (log.status === 'success' ? 'success' : 'failure');

function messagesOf(request: unknown): unknown {
  const isObject = typeof request === 'object' && request !== null;
  return isObject && 'messages' in request ? request.messages : {};
}
