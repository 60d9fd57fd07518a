/**
 * What a host's function answers, if it does so in time. What it answers later is dropped.
 *
 * @param limit - milliseconds
 */
export async function withTimeout<T>(ask: () => T | Promise<T>, limit: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`There was no answer within ${limit} ms.`)), limit)
  })
  try {
    return await Promise.race([ask(), late])
  } finally {
    clearTimeout(timer)
  }
}
