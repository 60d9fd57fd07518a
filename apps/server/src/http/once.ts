/** Creates a value on first use and returns the same value afterwards. An error thrown by `create` is thrown and not cached. */
export function once<T extends object | string>(create: () => T): () => T {
  let value: T | undefined
  return () => {
    value ??= create()
    return value
  }
}
