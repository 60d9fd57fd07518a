import type { LimitName } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import type { Context } from 'koa'
import { bodyReader } from './body.ts'
import { type ListDefinition, type ListRequest, readListRequest } from './list.ts'

/** What an API key may be limited to; each area can be read or written. */
export const areas = ['account', 'users', 'groups', 'clients', 'settings', 'audit'] as const
export type Area = (typeof areas)[number]

/** A call that was let in and whose input is as the operation says. */
export interface Call<Body> {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>
  /** What a list is to hold; the first page in its own order where the operation is no list. */
  readonly list: ListRequest
  readonly body: Body
  /** Who calls. @throws {NotAuthenticated} for an operation that is open to everybody */
  readonly user: User
  readonly ctx: Context
}

interface Description {
  /** `operationId` of the OpenAPI document. */
  readonly id: string
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** With `:name` for parameters. */
  readonly path: `/api/${string}`
  readonly summary: string
  /** What else a program has to know. */
  readonly note?: string
  /** Under which heading the document lists it. Who may call it is in the access table. */
  readonly area: Area
  readonly list?: ListDefinition
  /** How often it can be tried from one address, where core does not count itself. */
  readonly limit?: LimitName
  /** The most bytes that its body may have, where the usual 100 kB are too few. */
  readonly bodyLimit?: number
  /** Whether a change can be bound to what was read, by `If-Match` (RFC 9110 §13.1.1). */
  readonly conditional?: true
  /** What else the address can be asked, for the document: the operation reads and checks `query` itself. */
  readonly query?: Readonly<Record<string, JSONSchema>>
  /** The body is a form with a field `file` (`multipart/form-data`), which the operation reads from `ctx` itself. */
  readonly upload?: true
  /** What is answered when all went well. Without a schema the answer is empty. `pageOf` makes the schema of a list. */
  readonly answer: {
    readonly status: 200 | 201 | 202 | 204
    readonly schema?: JSONSchema
    /** Media types of an answer that is no JSON; the operation itself sets the body and its type. */
    readonly types?: readonly string[]
    /** Whether `undefined` is answered with an empty 202: not yet. */
    readonly pending?: boolean
  }
}

export interface OperationDefinition<Schema extends JSONSchema, Body> extends Description {
  readonly body?: Schema
  /** The body counts as JSON whatever it says it is; `bodies` has to read it as such too. */
  readonly anyContentType?: boolean
  readonly handle: (call: Call<Body>) => Promise<unknown>
}

/** An operation whose body is checked before it is handled. */
export interface Operation extends Description {
  readonly body: JSONSchema | undefined
  readonly run: (call: Omit<Call<unknown>, 'body' | 'list' | 'query'>) => Promise<unknown>
}

/** One operation of the REST API: what it takes and what it answers; the document is made from it too. */
export function operation<const Schema extends JSONSchema, Body = FromSchema<Schema>>(
  definition: OperationDefinition<Schema, Body>,
): Operation {
  const { body, anyContentType = false, handle, ...description } = definition
  const read = bodyReader<Body>(body, anyContentType)
  return {
    ...description,
    body,
    run: (call) =>
      handle({
        params: call.params,
        query: call.ctx.query,
        list: readListRequest(call.ctx.query, definition.list),
        body: read(call.ctx),
        // Read through, since asking for the caller of a public operation is a mistake that has to show.
        get user() {
          return call.user
        },
        ctx: call.ctx,
      }),
  }
}
