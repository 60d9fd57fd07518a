import { jest } from '@jest/globals'

/**
 * No `setTimeout` of more than two seconds that begins during `act` comes to its end. What ends all the same does so by itself, on
 * a machine of any speed; what would only be cut off hangs until the limit of the test.
 */
export async function withoutLongTimeouts<Value>(act: () => PromiseLike<Value>): Promise<Value> {
  const { setTimeout } = globalThis
  const never = 2 ** 31 - 1
  const stopped = (callback: () => void, delay = 0) => setTimeout(callback, delay > 2000 ? never : delay)
  // A cast: nobody passes arguments on.
  const spy = jest.spyOn(globalThis, 'setTimeout').mockImplementation(stopped as typeof setTimeout)
  try {
    return await act()
  } finally {
    spy.mockRestore()
  }
}

/** The clock of this process stands still until it is disposed of. */
export function stopTime(): Disposable {
  const now = Date.now()
  const spy = jest.spyOn(Date, 'now').mockImplementation(() => now)
  return { [Symbol.dispose]: () => spy.mockRestore() }
}
