import type Provider from 'oidc-provider'
import { ConfigurationError } from '../../errors.ts'

/** The object or class that has the member, and the name of the member there. */
function locateMember(provider: Provider, member: string): readonly [owner: object, name: string] {
  const path = member.split('.')
  const name = path.pop() ?? ''
  const [model = '', ...rest] = path
  let owner: unknown = model === 'Provider' ? provider.constructor : Reflect.get(provider, model)
  for (const step of rest) owner = isObject(owner) ? Reflect.get(owner, step) : undefined
  if (!isObject(owner)) throw createMissingMemberError(member)
  return [owner, name]
}

/** @throws {ConfigurationError} naming the member, if this version of oidc-provider has none */
export function assertMember(provider: Provider, member: string): void {
  if (readMember(provider, member) === undefined) throw createMissingMemberError(member)
}

export function readMember(provider: Provider, member: string): unknown {
  const [owner, name] = locateMember(provider, member)
  return Reflect.get(owner, name)
}

export function replaceMember(provider: Provider, member: string, value: unknown): void {
  const [owner, name] = locateMember(provider, member)
  Object.defineProperty(owner, name, { configurable: true, writable: true, value })
}

export function createMissingMemberError(member: string): ConfigurationError {
  return new ConfigurationError(`This version of oidc-provider has no ${member}: it cannot be used.`)
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
