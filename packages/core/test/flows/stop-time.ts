import { jest } from '@jest/globals'

/** Stops the time until disposal, for core and for oidc-provider; a `TestClock` can still be advanced. */
export function stopTime(): Disposable {
  const now = Date.now()
  const spy = jest.spyOn(Date, 'now').mockImplementation(() => now)
  return { [Symbol.dispose]: () => spy.mockRestore() }
}
