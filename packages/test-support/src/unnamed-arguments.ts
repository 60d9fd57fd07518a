import { PocketError } from '@pocket/core/errors'

type Method = readonly [name: string, call: (...args: unknown[]) => unknown]

/** The methods of a service and of its member services, by path, except for these. */
export function methodsOf(service: object, except: readonly string[] = [], path = ''): Method[] {
  return Object.entries(service).flatMap(([name, member]): Method[] => {
    if (except.includes(path + name)) return []
    if (typeof member === 'function') return [[path + name, member]]
    return typeof member === 'object' && member !== null ? methodsOf(member, except, `${path}${name}.`) : []
  })
}

/** Calls each method with each of these arguments; returns the calls whose error does not name the argument. */
export async function findUnnamedArguments(
  methods: readonly Method[],
  invalidArguments: readonly (readonly unknown[])[],
): Promise<string[]> {
  const unnamed: string[] = []
  for (const [name, method] of methods)
    for (const args of invalidArguments)
      try {
        await method(...args)
      } catch (error) {
        if (!(error instanceof PocketError)) unnamed.push(`${name}(${args.map(String).join(', ')}): ${error}`)
      }
  return unnamed
}
