import Provider, { type Configuration } from 'oidc-provider'

/** Names the members of this provider, its class and its models that differ from those of an untouched provider. */
export function findReplacedMembers(provider: Provider, configuration: Configuration): string[] {
  const untouched = new Provider(provider.issuer, configuration)
  const models = Object.entries(Object.getOwnPropertyDescriptors(Provider.prototype))
    .filter(([name, { get }]) => get !== undefined && /^[A-Z]/.test(name))
    .map(([name]) => name)
  return [
    ...findDifferences('Provider', untouched, provider).filter((name) => !documented.has(name)),
    ...findDifferences('Provider.prototype', Provider.prototype, Object.getPrototypeOf(provider)),
    ...models.flatMap((name) => {
      const [before, after]: unknown[] = [Reflect.get(untouched, name), Reflect.get(provider, name)]
      if (typeof before !== 'function' || typeof after !== 'function') return []
      return [
        ...findDifferences(name, before, after),
        ...findDifferences(`${name}.prototype`, before.prototype, after.prototype),
      ]
    }),
  ].sort()
}

/** Properties of Koa and of Node's event emitter that a host sets by documented calls. */
const documented = new Set(['_events', '_eventsCount', 'keys', 'middleware', 'proxy'].map((name) => `Provider.${name}`))

function findDifferences(owner: string, before: object, after: object): string[] {
  const names = new Set([...Object.getOwnPropertyNames(before), ...Object.getOwnPropertyNames(after)])
  return [...names]
    .filter((name) => name !== 'constructor' && memberText(before, name) !== memberText(after, name))
    .map((name) => `${owner}.${name}`)
}

/** The source of a member, found as the library finds it: on the object or on its prototypes. */
function memberText(owner: object, name: string): string {
  for (let current: object | null = owner; current !== null; current = Object.getPrototypeOf(current)) {
    const found = Object.getOwnPropertyDescriptor(current, name)
    if (found) return [found.value, found.get, found.set].map(valueText).join('\n')
  }
  return ''
}

function valueText(value: unknown): string {
  return typeof value === 'function' || Array.isArray(value) ? String(value) : typeof value
}

const replacement = new RegExp(
  [
    String.raw`\.prototype(\.\w+|\[[^\]]+\])\s*=[^=>]`,
    String.raw`\b(Object\.(defineProperty|defineProperties|setPrototypeOf)|Reflect\.(set|defineProperty|setPrototypeOf))\(`,
    String.raw`\b(prototype|Provider|Client|Session|Grant|Interaction|Claims|ReplayDetection|OIDCContext|\w+Token|\w+Code)\.\w+ = `,
  ].join('|'),
)

/** The lines of a source that replace a member of a class. */
export function findReplacingLines(source: string): string[] {
  return source.split('\n').filter((line) => replacement.test(line))
}
