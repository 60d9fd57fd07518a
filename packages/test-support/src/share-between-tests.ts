/** The hooks of Jest are globals of a test file. */
type TestHooks = Record<'beforeAll' | 'afterAll' | 'beforeEach' | 'afterEach', (hook: () => Promise<void>) => void>

/**
 * Starts a resource before the tests of the current block, and disposes it after them. The result forwards to the resource, so
 * only tests and hooks can use it.
 */
export function shareBetweenTests<Resource extends AsyncDisposable>(start: () => Promise<Resource>): Resource {
  return startIn('All', start)
}

/** Like {@link shareBetweenTests}, with a new resource for each test. */
export function startForEachTest<Resource extends AsyncDisposable>(start: () => Promise<Resource>): Resource {
  return startIn('Each', start)
}

function startIn<Resource extends AsyncDisposable>(scope: 'All' | 'Each', start: () => Promise<Resource>): Resource {
  const { [`before${scope}` as const]: before, [`after${scope}` as const]: after } = globalThis as unknown as TestHooks
  let started: Resource | undefined
  before(async () => {
    started = await start()
  })
  after(async () => started?.[Symbol.asyncDispose]())
  const resource = (): Resource => {
    if (started === undefined) throw new Error('The shared resource has not started yet.')
    return started
  }
  return new Proxy({} as Resource, {
    get(_, name) {
      const member: unknown = Reflect.get(resource(), name)
      return typeof member === 'function' ? member.bind(resource()) : member
    },
    ownKeys: () => Reflect.ownKeys(resource()),
    getOwnPropertyDescriptor: (_, name) => {
      const found = Reflect.getOwnPropertyDescriptor(resource(), name)
      return found && { ...found, configurable: true }
    },
    set: (_, name, value) => Reflect.set(resource(), name, value),
  })
}
