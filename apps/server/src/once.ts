/** Makes something when it is first wanted, and gives the same from then on. What `make` throws is thrown each time. */
export function once<T extends object | string>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
