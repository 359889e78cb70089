import { encode } from '../aws/signature.ts';

const region = /^[a-z]{2}(-[a-z]+)+-\d$/;

export interface ModelId {
  /** A model, an inference profile, or an ARN of either, as Bedrock knows it. */
  id: string;
  /** The region that the name tells: LiteLLM's `bedrock/eu-west-1/…`, or that of an ARN. */
  region: string | null;
}

/**
 * What LiteLLM writes behind `bedrock/`: a route first (`converse/`, `invoke/`), then a region, each
 * if at all. All routes lead to Converse here.
 */
export function readModelId(model: string): ModelId {
  const name = model.replace(/^(converse|converse_like|invoke)\//, '');
  const [first = '', ...rest] = name.split('/');
  if (rest.length > 0 && region.test(first)) return { id: rest.join('/'), region: first };
  const ofArn = name.startsWith('arn:') ? name.split(':')[3] : null;
  return { id: name, region: ofArn || null };
}

/** Encoded whole: an ARN has `/` and `:`, an id has `:`. */
export const modelPath = (id: string) => `/model/${encode(id)}`;
