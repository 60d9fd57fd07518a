import type { ApiKeyScope } from '../api-keys/api-key.ts'
import type { ConditionName } from './conditions.ts'
import type { SessionRequirement } from './session-requirements.ts'

/** A method and a path with `:name` for parameters, as it is registered. */
export type Route = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`

/**
 * Who may call. `user`: anybody who is signed in, on what is their own. `interaction`: the browser in which the interaction
 * began. `client` and `token`: an OAuth client, and the bearer of a token that this server issued.
 */
export type Caller = 'anyone' | 'user' | 'administrator' | 'interaction' | 'client' | 'token'

export interface AccessRow {
  readonly caller: Caller
  /** The scopes that an API key needs, all of them; `null` where API keys are refused. */
  readonly scopes: readonly ApiKeyScope[] | null
  /** What a session has to prove, in the order in which it is checked. */
  readonly session: readonly SessionRequirement[]
  /** What the content of a request can require beyond that. */
  readonly conditions: readonly ConditionName[]
}

export interface AccessOptions {
  readonly key?: ApiKeyScope | readonly ApiKeyScope[]
  readonly session?: SessionRequirement | readonly SessionRequirement[]
  readonly when?: ConditionName | readonly ConditionName[]
}

/** A row for this caller. API keys are refused where no scope is named. */
export function row(caller: Caller, { key, session = [], when = [] }: AccessOptions = {}): AccessRow {
  return {
    caller,
    scopes: key === undefined ? null : [key].flat(),
    session: [session].flat(),
    conditions: [when].flat(),
  }
}
