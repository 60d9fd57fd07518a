/** Creates a value on first use and returns the same value afterwards. An error thrown by `make` is thrown and not cached. */
export function once<T extends object | string>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
