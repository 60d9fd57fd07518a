import type { DifferenceId } from '../../../scripts/pocket-id-compatibility.ts'

export type Json = Readonly<Record<string, unknown>>

/**
 * An answer of Pocket ID 2.14.0, with the members that programs read. `<name>` stands for a value of the instance, `<any>` for any
 * value.
 */
export interface RecordedResponse {
  readonly request: `${'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS'} /${string}`
  /** The API key of the environment, the confidential client, a person without a passkey, or nobody. */
  readonly as: 'key' | 'client' | 'person' | 'nobody'
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly status?: number
  readonly body?: Json
  /** The claims of the access token of the body. */
  readonly claims?: Json
  readonly answerHeaders?: Readonly<Record<string, string>>
  /** The difference of the list, and our answer. */
  readonly differs?: DifferenceId
  readonly here?: { readonly status: number; readonly body?: Json }
}
