import { describe, expect, test } from '@jest/globals'
import { type LdapOptions, ldapPresets, testLdapConnection } from '@pocket/directory'
import { describeUnless, freePort, ldifOfCompany, slapdMissing, startSlapd } from '@pocket/test-support'
import { createAuthority } from '@pocket/test-support/certificates'
import { startPeer } from './scripted-server.ts'
import { base, options } from './test-directory.ts'

const never = new AbortController().signal

async function steps(url: string, more: Partial<LdapOptions> = {}) {
  const found = await testLdapConnection(options(url, more), never)
  const outcomes = Object.fromEntries(found.steps.map(({ step, outcome }) => [step, outcome]))
  return { ...outcomes, code: found.failure?.code, isPrivate: found.isPrivate }
}

describe('connection test', () => {
  test('reports the completed steps', async () => {
    await using silent = await startPeer({})
    const hasty = { connectTimeout: 1000, operationTimeout: 1000 }
    const open = { tls: 'open', bind: 'open', base: 'open' }
    const { tls: _, ...clear } = open

    expect(await steps('ldap://nobody.invalid')).toEqual({
      ...clear,
      resolve: 'failed',
      connect: 'open',
      code: 'ldap_host_not_found',
      isPrivate: false,
    })
    expect(await steps(`ldaps://127.0.0.1:${await freePort()}`)).toEqual({
      ...open,
      resolve: 'done',
      connect: 'failed',
      code: 'ldap_unreachable',
      isPrivate: true,
    })
    expect(await steps(silent.url.replace('ldap:', 'ldaps:'), hasty)).toMatchObject({
      connect: 'done',
      tls: 'failed',
      bind: 'open',
      code: 'ldap_timed_out',
    })
    expect(await steps(silent.url, hasty)).toMatchObject({ connect: 'done', bind: 'failed', code: 'ldap_timed_out' })
    expect(await steps(silent.url, { userFilter: '(' })).toMatchObject({
      resolve: 'open',
      connect: 'open',
      code: 'ldap_filter_invalid',
    })
    expect(await steps('nonsense')).toMatchObject({ resolve: 'failed', code: 'ldap_address_invalid' })
  })
})

describeUnless(slapdMissing, describe)('a test of the connection to slapd', () => {
  test('succeeds or reports the reason for the failure', async () => {
    const authority = await createAuthority()
    const tls = await authority.issue({ hosts: ['127.0.0.1'] })
    await using slapd = await startSlapd({ ldif: ldifOfCompany({ users: 1, groups: 1 }), tls })
    const done = { resolve: 'done', connect: 'done', bind: 'done', base: 'done', code: undefined }

    expect(await steps(slapd.url)).toEqual({ ...done, isPrivate: false })
    expect(await steps(slapd.url, { startTls: true, ca: authority.cert })).toEqual({
      ...done,
      tls: 'done',
      isPrivate: true,
    })
    expect(await steps(slapd.socketUrl)).toEqual({
      connect: 'done',
      bind: 'done',
      base: 'done',
      code: undefined,
      isPrivate: true,
    })
    expect(await steps(slapd.url, { startTls: true })).toMatchObject({
      connect: 'done',
      tls: 'failed',
      code: 'ldap_certificate_untrusted',
    })
    expect(await steps(slapd.url, { bindPassword: 'no' })).toMatchObject({ bind: 'failed', code: 'ldap_bind_refused' })
    expect(await steps(slapd.url, { base: `ou=nowhere,${base}` })).toMatchObject({
      bind: 'done',
      base: 'failed',
      code: 'ldap_base_not_found',
    })
  })
})

describe('presets', () => {
  test.each(ldapPresets)('parses the filters of $name', async ({ settings }) => {
    const wanted = { userFilter: settings.ldapUserSearchFilter, groupFilter: settings.ldapUserGroupSearchFilter }
    const { failure } = await testLdapConnection(options('ldapi:///nowhere', wanted), never)

    expect(failure?.code).toBe('ldap_unreachable')
  })
})
