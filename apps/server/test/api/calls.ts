import { expect } from '@jest/globals'
import type { UserAgent, UserAgentResponse } from '@pocket/core/testing'
import { databaseOf } from '../http/app.ts'
import { type Instance, reauthenticate, startInstance } from './instance.ts'
import { cachedDifferences, type Document } from './response-differences.ts'

/** An instance that checks every response against the OpenAPI document. */
export interface CalledInstance extends Instance {
  /** Sends `PUT /api/users/{id}` with `id`, as the administrator if `agent` is absent. */
  call(call: string, options?: CallOptions): Promise<Answer>
}

export interface CallOptions {
  readonly params?: Readonly<Record<string, string>>
  /** Includes the question mark. */
  readonly query?: string
  readonly body?: unknown
  readonly agent?: UserAgent
}

export interface Answer {
  readonly status: number
  // The test states the expected type of the response.
  readonly json: Readonly<Record<string, unknown>>
  readonly response: UserAgentResponse
}

/** Both databases, for tests of statements that differ between them. Others use `databaseKinds`. */
export const kinds = ['SQLite', 'PostgreSQL'] as const

export async function startCalledInstance(
  kind: (typeof kinds)[number],
  env: Readonly<Record<string, string>> = {},
): Promise<CalledInstance> {
  const stack = new AsyncDisposableStack()
  const database = await databaseOf(kind, stack)
  const instance = stack.use(await startInstance({ ...database, ...env }))
  const document = await instance.agent().getJson(`${instance.url}/api/openapi.json`)
  const differences = cachedDifferences(document.json() as Document)
  return {
    ...instance,
    async call(call, { params = {}, query = '', body, agent = instance.administrator } = {}) {
      const [method = '', path = ''] = call.split(' ')
      const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
      const send = () => agent.sendJson(method, instance.url + address + query, body === undefined ? {} : { body })
      let response = await send()
      // On a slow machine the set-up can be more than a minute old.
      if (agent === instance.administrator && response.text.includes('"reauthentication_required"')) {
        await reauthenticate(agent, instance.url, instance.administratorAuthenticator)
        response = await send()
      }
      expect([call, differences(call, response)]).toEqual([call, []])
      const json = (response.text === '' ? {} : response.json()) as Readonly<Record<string, unknown>>
      return { status: response.status, json, response }
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** The newest audit event of this type, with its changes. */
export async function lastEntry(instance: CalledInstance, event: string): Promise<unknown> {
  const query = `?filters[event]=${event}&pagination[limit]=1`
  const { json } = await instance.call('GET /api/audit-logs/all', { query })
  return Array.isArray(json.data) ? json.data[0] : undefined
}

/** The audit events of this type, in order. */
export function findAuditEvents(
  { log }: Pick<Instance, 'log'>,
  event: string,
): readonly Readonly<Record<string, unknown>>[] {
  return log.map((line): Readonly<Record<string, unknown>> => JSON.parse(line)).filter(({ audit }) => audit === event)
}
