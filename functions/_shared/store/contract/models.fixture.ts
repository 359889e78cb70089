import { describe, expect, test } from 'vitest';
import type { Store } from '../store.ts';
import { admin, anEntity } from './entity.fixture.ts';

export function describeModels(store: () => Store): void {
  describe('models', () => {
    test.each([
      { litellm_params: { model: 'm', api_key: 'sk-open' } },
      { litellm_params: { model: 'm', vertex_credentials: { private_key: 'open' } } },
      { litellm_params: { extra_headers: { Authorization: 'Bearer open' } } },
      { sealed_params: '{"api_key":"sk-open"}' },
    ])('a provider’s secret is refused unless it is sealed: %j', async (open) => {
      const model = { ...anEntity('models'), ...open };
      await expect(
        store().models.put(model as never, { version: 0, by: admin }),
      ).rejects.toMatchObject({
        code: 'invalid_request',
        message: expect.stringMatching(/seal/),
      });
    });
  });
}
