// Jest may load the set-up and the teardown as separate instances of their modules; they share only the global object.
const key = Symbol.for('@pocket/test-support/started-for-run')
const shared: typeof globalThis & { [key]?: AsyncDisposableStack } = globalThis

/** Hands what the set-up of a test run started to its teardown. */
export function keepForTeardown(started: AsyncDisposable): void {
  shared[key] ??= new AsyncDisposableStack()
  shared[key].use(started)
}

// Jest takes it from the default export only.
export default async function globalTeardown(): Promise<void> {
  await shared[key]?.disposeAsync()
}
