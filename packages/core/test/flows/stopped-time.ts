import { jest } from '@jest/globals'

/** Time stands still until it is disposed of, for us and for oidc-provider; a `TestClock` moves all the same when it is told to. */
export function stopTime(): Disposable {
  const now = Date.now()
  const spy = jest.spyOn(Date, 'now').mockImplementation(() => now)
  return { [Symbol.dispose]: () => spy.mockRestore() }
}
