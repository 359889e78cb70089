import { SetupError } from '../../functions/_shared/config/environment.ts';

/** A CloudEvent's attributes and extensions, by name, as a filter sees them. */
export type Attributes = Record<string, string>;
export type Filter = (attributes: Attributes) => boolean;

type Dialect = Record<string, unknown>;

/**
 * A Trigger's filter: `spec.filter.attributes`, or `spec.filters`, which wins where both are set
 * (Knative Eventing, Trigger). Throws a SetupError for a dialect that is not known here.
 */
export function buildFilter(spec: { filter?: unknown; filters?: unknown }): Filter {
  const { filter, filters } = spec as {
    filter?: { attributes?: Attributes };
    filters?: Dialect[];
  };
  if (filters && filters.length > 0) return all(filters);
  const wanted = Object.entries(filter?.attributes ?? {});
  return (attributes) =>
    wanted.every(([name, value]) =>
      value === '' ? attributes[name] !== undefined : attributes[name] === value,
    );
}

function all(filters: Dialect[]): Filter {
  const built = filters.map(buildDialect);
  return (attributes) => built.every((filter) => filter(attributes));
}

function buildDialect(dialect: Dialect): Filter {
  const [[name, given] = [], ...more] = Object.entries(dialect);
  if (name === undefined || more.length > 0) {
    throw new SetupError(
      `A Trigger's filters each hold one filter; one is ${JSON.stringify(dialect)}.`,
    );
  }
  switch (name) {
    case 'exact':
      return compare(given, (value, wanted) => value === wanted);
    case 'prefix':
      return compare(given, (value, wanted) => value.startsWith(wanted));
    case 'suffix':
      return compare(given, (value, wanted) => value.endsWith(wanted));
    case 'all':
      return all(given as Dialect[]);
    case 'any': {
      const built = (given as Dialect[]).map(buildDialect);
      return (attributes) => built.some((filter) => filter(attributes));
    }
    case 'not': {
      const built = buildDialect(given as Dialect);
      return (attributes) => !built(attributes);
    }
    default:
      throw new SetupError(`The local broker has no filter "${name}"; a cluster may.`);
  }
}

function compare(given: unknown, matches: (value: string, wanted: string) => boolean): Filter {
  const wanted = Object.entries(given as Attributes);
  return (attributes) =>
    wanted.every(([name, value]) => {
      const actual = attributes[name];
      return actual !== undefined && matches(actual, value);
    });
}
