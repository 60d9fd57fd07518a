import type { JSONSchema } from 'json-schema-to-ts'
import type { Variable } from '../../config/variable.ts'
import type { Fault } from '../definition.ts'

/** A validation error and its position: `[0]` for an element of a list, empty for the whole value. */
export interface OwnFault extends Fault {
  readonly at: string
}

/** A setting that is not in the contract. Its name is its key in {@link ownSettings}. */
export interface OwnSetting<Value> {
  /** The schema of the JSON value in the REST API and in the database. */
  readonly schema: Exclude<JSONSchema, boolean> & {
    readonly type: 'array' | 'boolean' | 'integer' | 'string'
    readonly enum?: readonly string[]
  }
  readonly default: Value
  /** The environment variable. */
  readonly variable: Variable<Value>
  /** The normalized value, or the error of a value that matches the schema. */
  readonly read: (value: unknown) => { readonly value: Value } | { readonly fault: OwnFault }
}
