/**
 * Returns the result of a host function, or rejects if the timeout is exceeded. Later results are discarded.
 *
 * @param limit - milliseconds
 */
export async function withTimeout<T>(work: () => T | Promise<T>, limit: number): Promise<T> {
  const result = work()
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const timer = setTimeout(() => reject(new Error(`There was no response within ${limit} ms.`)), limit)
  Promise.resolve(result).then(resolve, reject)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
  }
}
