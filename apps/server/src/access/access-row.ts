import type { ApiKeyScope } from './api-key-scope.ts'
import type { ConditionName } from './conditions.ts'
import type { SessionRequirement } from './session-requirements.ts'

/** An HTTP method and a path pattern with `:name` parameters, as registered in the router. */
export type Route = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`

/**
 * Who may call a route. `user`: any signed-in user, for their own data. `interaction`: the browser that started
 * the interaction. `client` and `token`: an OAuth client, and the bearer of a token issued by this server.
 * `proxy`: a trusted proxy.
 */
export type CallerKind = 'anyone' | 'user' | 'administrator' | 'interaction' | 'client' | 'token' | 'proxy'

export interface AccessRow {
  readonly caller: CallerKind
  /** The scopes that an API key must all have; `null` if API keys are rejected. */
  readonly scopes: readonly ApiKeyScope[] | null
  /** Session requirements in the order that they are checked. */
  readonly session: readonly SessionRequirement[]
  readonly conditions: readonly ConditionName[]
}

export interface AccessOptions {
  readonly key?: ApiKeyScope | readonly ApiKeyScope[]
  readonly session?: SessionRequirement | readonly SessionRequirement[]
  readonly when?: ConditionName | readonly ConditionName[]
}

/** Creates a row for this caller. API keys are rejected if no scope is given. */
export function row(caller: CallerKind, { key, session = [], when = [] }: AccessOptions = {}): AccessRow {
  return {
    caller,
    scopes: key === undefined ? null : [key].flat(),
    session: [session].flat(),
    conditions: [when].flat(),
  }
}
