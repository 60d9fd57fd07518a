import { errorCodes } from '@pocket/core/errors'
import type { JSONSchema } from 'json-schema-to-ts'
import type { AccessRow } from '../access/access-row.ts'
import { accessTo } from '../access/access-table.ts'
import { areas } from '../access/api-key-scope.ts'
import type { Operation } from '../http/api/operation.ts'
import { named, namedObject, objectOf } from '../http/api/schema.ts'
import { type Components, createComponents, type Json } from './components.ts'
import { parametersOf } from './parameters.ts'

export interface ApiInfo {
  /** The issuer: the base URL of the operations. */
  readonly url: string
  readonly version: string
}

export type OpenApiDocument = Readonly<Record<string, Json>>

const errorSchema = named('Error', {
  type: 'object',
  required: ['error', 'code', 'request_id'],
  properties: {
    error: { type: 'string', description: 'A message for developers.' },
    code: { type: 'string', enum: [...errorCodes], description: 'The stable error code.' },
    details: {
      type: 'object',
      properties: {
        fields: {
          type: 'array',
          items: namedObject('FieldError', {
            field: { type: 'string' },
            code: { type: 'string' },
            message: { type: 'string' },
          }),
        },
      },
    },
    request_id: {
      type: 'string',
      format: 'uuid',
      description: 'The request ID in the `X-Request-ID` header and the log.',
    },
  },
})

const errorResponses = {
  InvalidInput: 'The input is invalid; `details.fields` contains the errors.',
  NotSignedIn: 'Not signed in, or the API key is invalid.',
  Forbidden: 'The caller may not do this.',
  NotFound: 'The resource does not exist.',
  Changed: 'The resource has changed since it was read.',
  TooMany: 'Rate limited; `Retry-After` contains the seconds to wait.',
  Refused: 'The request was rejected; `code` contains the reason.',
} as const

/** Describes operations. @throws {Error} if two of them share an ID or a path, which is a programming error */
export function openApiDocument(
  operations: readonly Operation[],
  { url, version }: ApiInfo,
  access: (operation: Operation) => AccessRow = accessTo,
): OpenApiDocument {
  const components = createComponents()
  const paths: Record<string, Record<string, Json>> = {}
  const ids = new Set<string>()
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}')
    const item = paths[path] ?? {}
    if (ids.has(operation.id) || item[operation.method] !== undefined)
      throw new Error(`The operation ${operation.id} (${operation.method} ${path}) is duplicated.`)
    ids.add(operation.id)
    paths[path] = { ...item, [operation.method]: operationItem(operation, access(operation), components) }
  }
  // Must run before the schemas are listed, because it registers some.
  const sharedResponses = createResponses(components)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pocket',
      version,
      description:
        'Administration of users, groups and clients. Unknown fields are ignored. Instants are RFC 3339 in UTC.',
    },
    servers: [{ url }],
    tags: areas.map((name) => ({ name })),
    paths,
    components: {
      responses: sharedResponses,
      schemas: components.all(),
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: sessionCookie(url),
          description: 'The session of a signed-in browser.',
        },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  }
}

function operationItem(operation: Operation, access: AccessRow, components: Components): Json {
  const { id, summary, note, area, body, response } = operation
  const description = [access.caller === 'administrator' ? 'For administrators.' : '', note ?? '']
    .filter(Boolean)
    .join(' ')
  const parameters = parametersOf(operation, components)
  return {
    operationId: id,
    summary,
    tags: [area],
    ...(description !== '' && { description }),
    security: securityOf(access),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: { required: true, content: jsonContent(body, components) } }),
    ...(operation.upload && { requestBody: { required: true, content: uploadContent } }),
    responses: {
      [response.status]: {
        description: response.schema === undefined && response.types === undefined ? 'Done.' : 'OK.',
        ...(response.schema !== undefined && { content: jsonContent(response.schema, components) }),
        ...(response.types !== undefined && { content: Object.fromEntries(response.types.map((type) => [type, {}])) }),
      },
      ...(response.pending && { 202: { description: 'Pending.' } }),
      ...errorResponsesOf(operation, access),
    },
  }
}

/** With the scopes that a limited API key needs (OpenAPI 3.1 §4.8.30 calls them roles). */
function securityOf({ caller, scopes }: AccessRow): Json {
  if (caller === 'anyone') return []
  const session = { session: [] }
  return scopes === null ? [session] : [session, { apiKey: scopes }]
}

const uploadContent = {
  'multipart/form-data': {
    schema: objectOf({ file: { type: 'string', format: 'binary' } }),
  },
} as const

function errorResponsesOf(
  { body, conditional, limit, path, upload }: Operation,
  { caller }: AccessRow,
): Record<string, Json> {
  return {
    ...((body !== undefined || upload) && { 400: errorResponse('InvalidInput') }),
    ...(caller !== 'anyone' && { 401: errorResponse('NotSignedIn'), 403: errorResponse('Forbidden') }),
    ...(path.includes('/:') && { 404: errorResponse('NotFound') }),
    ...(conditional && { 412: errorResponse('Changed') }),
    ...(limit && { 429: errorResponse('TooMany') }),
    default: errorResponse('Refused'),
  }
}

function errorResponse(name: keyof typeof errorResponses): Json {
  return { $ref: `#/components/responses/${name}` }
}

function createResponses(components: Components): Json {
  const content = jsonContent(errorSchema, components)
  return Object.fromEntries(
    Object.entries(errorResponses).map(([name, description]) => [name, { description, content }]),
  )
}

function jsonContent(schema: JSONSchema, components: Components): Json {
  return { 'application/json': { schema: components.refer(schema) } }
}

function sessionCookie(url: string): string {
  return url.startsWith('https:') ? '__Host-access_token' : 'access_token'
}
