import { z } from 'zod';
import { GatewayError } from '../_shared/errors.ts';
import { alertRaised, eventTypes, requestCompleted } from '../_shared/events/types.ts';
import { answerJson } from '../_shared/http/answer.ts';
import type { Routes } from '../_shared/http/router.ts';

const schemas: Record<string, z.ZodType> = {
  [eventTypes.requestCompleted]: requestCompleted,
  [eventTypes.alertRaised]: alertRaised,
};

/** The JSON Schema of each event type's data, for producers and consumers of their own. */
export function schemaRoutes(): Routes {
  return {
    'GET /schemas': (_request, response) => {
      const types = Object.keys(schemas);
      answerJson(response, 200, {
        schemas: types.map((type) => ({ type, href: `/schemas/${type}.json` })),
      });
    },
    'GET /schemas/:file': (_request, response, { file = '' }) => {
      const schema = schemas[file.replace(/\.json$/, '')];
      if (!schema) throw new GatewayError('not_found', `There is no schema ${file}. See /schemas.`);
      answerJson(response, 200, z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
    },
  };
}
