/**
 * Returns the result of a host function, or rejects if the timeout is exceeded. Later results are discarded.
 *
 * @param limit - milliseconds
 */
export async function withTimeout<T>(work: () => T | Promise<T>, limit: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`There was no response within ${limit} ms.`)), limit)
  })
  try {
    return await Promise.race([work(), timeout])
  } finally {
    clearTimeout(timer)
  }
}
