// Jest may load the setup and the teardown in separate module instances, which share only the global object.
const key = Symbol.for('@pocket/test-support/started-for-run')
const globals: typeof globalThis & { [key]?: AsyncDisposableStack } = globalThis

/** Passes a resource from the setup of a test run to its teardown. */
export function disposeAtTeardown(resource: AsyncDisposable): void {
  globals[key] ??= new AsyncDisposableStack()
  globals[key].use(resource)
}

// Jest requires a default export.
export default async function globalTeardown(): Promise<void> {
  await globals[key]?.disposeAsync()
}
