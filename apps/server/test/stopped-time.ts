import { jest } from '@jest/globals'

/**
 * A `setTimeout` of more than two seconds that starts during `act` never fires. Code that still finishes does not depend on the
 * timeout, on a machine of any speed; code that depends on it hangs until the test limit.
 */
export async function withoutLongTimeouts<Value>(act: () => PromiseLike<Value>): Promise<Value> {
  const { setTimeout } = globalThis
  const never = 2 ** 31 - 1
  const limitedSetTimeout = (callback: () => void, delay = 0) => setTimeout(callback, delay > 2000 ? never : delay)
  const spy = jest.spyOn(globalThis, 'setTimeout').mockImplementation(limitedSetTimeout as typeof setTimeout)
  try {
    return await act()
  } finally {
    spy.mockRestore()
  }
}

/** The clock of this process is frozen until disposal, this many milliseconds from now. */
export function stopTime(offset = 0): Disposable {
  const now = Date.now() + offset
  const spy = jest.spyOn(Date, 'now').mockImplementation(() => now)
  return { [Symbol.dispose]: () => spy.mockRestore() }
}

/** Like {@link stopTime}, for the monotonic clock too, so that no cache expires. */
export function stopClocks(): Disposable {
  const stack = new DisposableStack()
  const now = performance.now()
  const spy = jest.spyOn(performance, 'now').mockReturnValue(now)
  stack.use(stopTime())
  stack.defer(() => spy.mockRestore())
  return stack
}

/** Freezes the clock this many milliseconds from now, until the mocks are restored. */
export function advanceClock(milliseconds: number): void {
  const now = Date.now() + milliseconds
  jest.spyOn(Date, 'now').mockImplementation(() => now)
}
