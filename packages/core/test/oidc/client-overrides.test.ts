import { expect, test } from '@jest/globals'
import { ConfigurationError } from '@pocket/core/errors'
import type Provider from 'oidc-provider'
import { type ClientOverridePorts, overrideClientChecks } from '../../src/oidc/client-overrides.ts'

const ports: ClientOverridePorts = {
  clock: { now: () => 0 },
  secretUses: { note: () => {} },
  redirectUriPolicy: { allowInsecure: true },
}

const replaced = ['redirectUriAllowed', 'postLogoutRedirectUriAllowed', 'grantTypeAllowed', 'compareClientSecret']

/** A version of the library whose clients have these methods. */
function versionWith(methods: readonly string[]): Provider {
  class Client {}
  for (const name of methods) Reflect.set(Client.prototype, name, () => false)
  // Cast: a fake with only the parts of the library that core overrides.
  return { Client } as unknown as Provider
}

test('accepts a library version with all overridden methods', () => {
  expect(() => overrideClientChecks(versionWith(replaced), ports)).not.toThrow()
})

test.each(replaced)('rejects a library version without %s', (name) => {
  const version = versionWith(replaced.filter((each) => each !== name))
  expect(() => overrideClientChecks(version, ports)).toThrow(ConfigurationError)
})
