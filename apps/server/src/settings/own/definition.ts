import type { JSONSchema } from 'json-schema-to-ts'
import type { Variable } from '../../config/variable.ts'
import type { Fault } from '../definition.ts'

/** What is wrong with a value, and where in it: `[0]` for an element of a list, empty for the whole. */
export interface OwnFault extends Fault {
  readonly at: string
}

/** A setting that the contract does not have. Its name is its key in {@link ownSettings}. */
export interface OwnSetting<Value> {
  /** Of the value in JSON, as the REST API and the database have it. */
  readonly schema: Exclude<JSONSchema, boolean> & {
    readonly type: 'array' | 'boolean' | 'integer' | 'string'
    readonly enum?: readonly string[]
  }
  readonly default: Value
  /** What the environment calls it. */
  readonly variable: Variable<Value>
  /** The value as it is stored, or what is wrong with one that the schema takes. */
  readonly read: (value: unknown) => { readonly value: Value } | { readonly fault: OwnFault }
}
