/** Repeats some work; tests pass a manual implementation. The work handles its own errors. */
export type Repeat = (intervalMs: number, work: () => Promise<void>) => Disposable

/** A timer that does not keep the process alive. */
export const repeatByTimer: Repeat = (intervalMs, work) => {
  const timer = setInterval(() => void work(), intervalMs).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
