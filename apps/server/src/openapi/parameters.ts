import type { ListDefinition } from '../http/api/list.ts'
import type { Operation } from '../http/api/operation.ts'
import type { Components, Json } from './components.ts'

export function parametersOf({ path, list, conditional, query = {} }: Operation, components: Components): Json[] {
  const pathParameters = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => pathParameter(path, name))
  const queryParameters = Object.entries(query).map(([name, schema]) => ({
    name,
    in: 'query',
    schema: components.refer(schema),
  }))
  return [
    ...pathParameters,
    ...queryParameters,
    ...(list ? listParameters(list) : []),
    ...(conditional ? [ifMatch] : []),
  ]
}

const ifMatch: Json = {
  name: 'If-Match',
  in: 'header',
  schema: { type: 'string' },
  description:
    'The `ETag` of the version that was read. If the resource has changed since, the response is 412; without this header, the last write wins.',
}

function pathParameter(path: string, name: string): Json {
  const parameter = { name, in: 'path', required: true, schema: { type: 'string' } }
  return name === 'clientId' || (name === 'id' && path.startsWith('/api/oidc/clients/'))
    ? { ...parameter, description: 'A client ID that is a URL is written as `~` followed by its base64url encoding.' }
    : parameter
}

const pagination = deepObject(
  'pagination',
  {
    page: { type: 'integer', minimum: 1, default: 1 },
    limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  },
  '`page` and `limit` (or `per_page`) without brackets work too. A page beyond the last one returns the last one.',
)

function listParameters({ sort, filter = [], search = false }: ListDefinition): Json[] {
  const value = { type: ['string', 'integer', 'boolean'] }
  return [
    pagination,
    ...(sort.length > 0
      ? [
          deepObject('sort', {
            column: { type: 'string', enum: sort },
            direction: { type: 'string', enum: ['asc', 'desc'], default: 'asc' },
          }),
        ]
      : []),
    ...(filter.length > 0
      ? [
          deepObject(
            'filters',
            Object.fromEntries(filter.map((name) => [name, value])),
            'One value each; several values, any of which may match, are written as `filters[name][0]`, `filters[name][1]`.',
          ),
        ]
      : []),
    ...(search
      ? [{ name: 'search', in: 'query', schema: { type: 'string', maxLength: 200 }, description: 'Part of a name.' }]
      : []),
  ]
}

/** `name[member]=value`. */
function deepObject(name: string, properties: Readonly<Record<string, Json>>, description?: string): Json {
  return {
    name,
    in: 'query',
    style: 'deepObject',
    explode: true,
    schema: { type: 'object', properties },
    ...(description !== undefined && { description }),
  }
}
