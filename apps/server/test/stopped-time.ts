import { jest } from '@jest/globals'

const others = [
  ...(['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval'] as const),
]

/**
 * No `setTimeout` that begins during `act` comes to its end then. What ends all the same does so by itself, on a machine of any
 * speed; what would only be cut off hangs until the limit of the test.
 */
export async function withoutTimeouts<Value>(act: () => PromiseLike<Value>): Promise<Value> {
  jest.useFakeTimers({ doNotFake: others })
  try {
    return await act()
  } finally {
    jest.useRealTimers()
  }
}

/** The clock of this process stands still until it is disposed of. */
export function stopTime(): Disposable {
  const now = Date.now()
  const spy = jest.spyOn(Date, 'now').mockImplementation(() => now)
  return { [Symbol.dispose]: () => spy.mockRestore() }
}
