import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { createPocket } from '@pocket/core'
import { ConfigurationError } from '@pocket/core/errors'
import { memoryStores } from '@pocket/core/memory'
import Provider, { type Configuration } from 'oidc-provider'
import { installOverrides } from '../../src/oidc/overrides/install.ts'
import { replaceMember } from '../../src/oidc/overrides/members.ts'
import { type Override, overrides } from '../../src/oidc/overrides/table.ts'
import type { ProviderContext } from '../../src/oidc/provider-context.ts'
import { findReplacedMembers, findReplacingLines } from './replaced-members.ts'

const issuer = 'http://localhost:3000'
const sources = join(import.meta.dirname, '../../src')
const members = overrides.map(({ member }) => member)
const rows: readonly Override[] = overrides

/** A provider of core, and its configuration. */
async function startPocket() {
  let configuration: Configuration = {}
  const pocket = await createPocket({
    issuer,
    masterKey: 'x'.repeat(16),
    accounts: { find: async () => undefined },
    stores: memoryStores(),
    protocol: {
      configuration: (defaults) => {
        configuration = defaults
        return defaults
      },
    },
  })
  return { pocket, configuration }
}

test('rejects a library version that lacks a member of the table', async () => {
  const { pocket, configuration } = await startPocket()
  await using _ = pocket
  const names = rows.flatMap(({ member, uses = [] }) => [member, ...uses])
  for (const name of names) {
    class OtherVersionProvider extends Provider {}
    const version = new OtherVersionProvider(issuer, configuration)
    replaceMember(version, name, undefined)
    // The cast is safe: the members are checked before the ports are used.
    const install = () => installOverrides(version, {} as ProviderContext)
    expect(install).toThrow(ConfigurationError)
    expect(install).toThrow(` has no ${name}:`)
  }
})

test('replaces the members of the table, each once, and no others', async () => {
  const { pocket, configuration } = await startPocket()
  await using _ = pocket
  const provider = pocket.provider()
  expect(findReplacedMembers(provider, configuration)).toEqual([...members].sort())
  provider.Grant.prototype.addOIDCScope = () => {}
  provider.pathFor = () => ''
  const planted = ['Grant.prototype.addOIDCScope', 'Provider.pathFor']
  expect(findReplacedMembers(provider, configuration)).toEqual([...members, ...planted].sort())
})

test('replaces members of the library in one folder only', () => {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  // The page script is generated, and `http/web-standard.ts` defines properties of requests.
  const excluded = [join('oidc', 'overrides'), join('default-views', 'generated'), join('http', 'web-standard.ts')]
  const outside = files.filter((file) => file.endsWith('.ts') && !excluded.some((path) => file.startsWith(path)))
  expect(outside.filter((file) => findReplacingLines(readFileSync(join(sources, file), 'utf8')).length > 0)).toEqual([])
})

test.each([
  'provider.Client.prototype.redirectUriAllowed = () => true',
  "provider.Client.prototype['redirectUriAllowed'] = () => true",
  "Object.defineProperty(prototype, 'save', { value })",
  "Reflect.set(provider.ReplayDetection, 'unique', value)",
  'ReplayDetection.unique = async () => true',
])('recognizes the replacement %s', (line) => {
  expect(findReplacingLines(`const a = 1\n  ${line}\n`)).toEqual([`  ${line}`])
})

test('names an existing test for each override', () => {
  expect(rows.filter(({ test: file }) => !existsSync(join(import.meta.dirname, '..', file)))).toEqual([])
})

test('ARCHITECTURE.md lists the overrides', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../ARCHITECTURE.md'), 'utf8')
  const listed = Array.from(text.matchAll(/^- `(\w+(?:\.\w+)+)` /gm), ([, member]) => member)
  expect(listed).toEqual(members)
})
