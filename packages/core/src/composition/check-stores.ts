import type { FieldError } from '../errors.ts'
import { memoryStores } from '../memory/index.ts'
import type { PocketStores } from '../stores.ts'

/** Missing stores and missing methods: a custom store may implement an older version. */
export function storeProblems(stores: PocketStores): readonly FieldError[] {
  return Object.entries(memoryStores()).flatMap(([name, required]: [string, object]) => {
    const store: unknown = Reflect.get(stores, name)
    if (typeof required === 'function')
      return typeof store === 'function' ? [] : [storeError(name, 'must be a function')]
    if (typeof store !== 'object' || store === null) return [storeError(name, 'is missing')]
    return Object.keys(required)
      .filter((method) => typeof Reflect.get(store, method) !== 'function')
      .map((method) => storeError(`${name}.${method}`, 'must be a function'))
  })
}

function storeError(store: string, message: string): FieldError {
  return { field: `stores.${store}`, code: 'required', message }
}
