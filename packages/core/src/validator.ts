import { Ajv, type Options, type ValidateFunction } from 'ajv'

/** A validator that is compiled at its first use, because compiling every schema would slow the start. */
export function validator<Value>(schema: object, options: Options = {}): () => ValidateFunction<Value> {
  let compiled: ValidateFunction<Value> | undefined
  return () => {
    compiled ??= new Ajv(options).compile<Value>(schema)
    return compiled
  }
}
