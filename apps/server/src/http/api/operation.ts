import type { LimitName } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import type { Context } from 'koa'
import type { Area } from '../../access/api-key-scope.ts'
import { bodyReader } from './body.ts'
import { type ListDefinition, type ListRequest, readListRequest } from './list.ts'

/** An authorized call with validated input. */
export interface Call<Body> {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The list request; the first page in default order if the operation is not a list. */
  readonly list: ListRequest
  readonly body: Body
  /** The caller. @throws {NotAuthenticatedError} for a public operation */
  readonly user: User
  readonly ctx: Context
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Path = `/api/${string}`

interface Route {
  readonly method: Method
  /** Parameters are written as `:name`. */
  readonly path: Path
  /** The section of the OpenAPI document. The access table states the permissions. */
  readonly area: Area
}

interface Description {
  readonly id: string
  readonly summary: string
  readonly note?: string
  readonly list?: ListDefinition
  /** The rate limit per IP address, unless core counts the requests itself. */
  readonly limit?: LimitName
  /** The maximum body size in bytes, if the default of 100 kB is too small. */
  readonly bodyLimit?: number
  /** Whether the operation supports `If-Match` (RFC 9110 §13.1.1). */
  readonly conditional?: true
  /** Additional query parameters for the document: the operation reads and validates `query` itself. */
  readonly query?: Readonly<Record<string, JSONSchema>>
  /** Runs before the response to a caller who is not signed in. */
  readonly beforeNotSignedIn?: (ctx: Context) => Promise<void>
  /** The body is a form (`multipart/form-data`) with the field `file`, which the operation reads from `ctx` itself. */
  readonly upload?: true
  /** The successful response. Without a schema it is empty. `pageOf` creates the schema of a list. */
  readonly response: {
    readonly status: 200 | 201 | 202 | 204
    readonly schema?: JSONSchema
    /** Media types of a response that is not JSON; the operation sets the body and its type. */
    readonly types?: readonly string[]
    /** Whether `undefined` produces an empty 202 response: not available yet. */
    readonly pending?: boolean
  }
}

export interface OperationDefinition<Schema extends JSONSchema, Body> extends Omit<Description, 'response'> {
  readonly body?: Schema
  /** 204 by default. */
  readonly response?: Description['response']
  /** The body is parsed as JSON regardless of its content type; `bodies` must do the same. */
  readonly anyContentType?: boolean
  readonly handle: (call: Call<Body>) => Promise<unknown>
}

/** An operation that validates its body before it runs. */
export interface Operation extends Description, Route {
  readonly body: JSONSchema | undefined
  readonly run: (call: Omit<Call<unknown>, 'body' | 'list' | 'query'>) => Promise<unknown>
}

/**
 * Functions that define the REST API operations of an area, one for each method: their input and response. The OpenAPI document
 * is generated from them.
 */
export function operationsIn(area: Area) {
  const defineFor =
    (method: Method) =>
    <const Schema extends JSONSchema, Body = FromSchema<Schema>>(
      path: Path,
      definition: OperationDefinition<Schema, Body>,
    ): Operation =>
      operation({ method, path, area }, definition)
  return {
    get: defineFor('get'),
    post: defineFor('post'),
    put: defineFor('put'),
    patch: defineFor('patch'),
    delete: defineFor('delete'),
  }
}

function operation<const Schema extends JSONSchema, Body>(
  route: Route,
  definition: OperationDefinition<Schema, Body>,
): Operation {
  const { body, anyContentType = false, handle, response = { status: 204 }, ...description } = definition
  const read = bodyReader<Body>(body, anyContentType)
  return {
    ...route,
    ...description,
    response,
    body,
    run: (call) =>
      handle({
        params: call.params,
        query: call.ctx.query,
        list: readListRequest(call.ctx.query, definition.list),
        body: read(call.ctx),
        // A getter, because reading the user of a public operation is a bug that must surface.
        get user() {
          return call.user
        },
        ctx: call.ctx,
      }),
  }
}
