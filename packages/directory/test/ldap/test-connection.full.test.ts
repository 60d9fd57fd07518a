import { describe, expect, test } from '@jest/globals'
import { type LdapOptions, ldapPresets, testLdapConnection } from '@pocket/directory'
import { describeUnless, freePort, generateLdif, slapdUnavailableReason, startSlapd } from '@pocket/test-support'
import { createAuthority } from '@pocket/test-support/certificates'
import { startScriptedServer } from './scripted-server.ts'
import { base, sourceOptions } from './test-directory.ts'

const neverAborted = new AbortController().signal

async function runTestSteps(url: string, overrides: Partial<LdapOptions> = {}) {
  const result = await testLdapConnection(sourceOptions(url, overrides), neverAborted)
  const outcomes = Object.fromEntries(result.steps.map(({ step, outcome }) => [step, outcome]))
  return { ...outcomes, code: result.failure?.code, isPrivate: result.isPrivate }
}

describe('connection test', () => {
  test('reports the completed steps', async () => {
    await using silentServer = await startScriptedServer({})
    const shortTimeouts = { connectTimeout: 1000, operationTimeout: 1000 }
    const openSteps = { tls: 'open', bind: 'open', base: 'open' }
    const { tls: _, ...openStepsWithoutTls } = openSteps

    expect(await runTestSteps('ldap://nobody.invalid')).toEqual({
      ...openStepsWithoutTls,
      resolve: 'failed',
      connect: 'open',
      code: 'ldap_host_not_found',
      isPrivate: false,
    })
    expect(await runTestSteps(`ldaps://127.0.0.1:${await freePort()}`)).toEqual({
      ...openSteps,
      resolve: 'done',
      connect: 'failed',
      code: 'ldap_unreachable',
      isPrivate: true,
    })
    expect(await runTestSteps(silentServer.url.replace('ldap:', 'ldaps:'), shortTimeouts)).toMatchObject({
      connect: 'done',
      tls: 'failed',
      bind: 'open',
      code: 'ldap_timed_out',
    })
    expect(await runTestSteps(silentServer.url, shortTimeouts)).toMatchObject({
      connect: 'done',
      bind: 'failed',
      code: 'ldap_timed_out',
    })
    expect(await runTestSteps(silentServer.url, { userFilter: '(' })).toMatchObject({
      resolve: 'open',
      connect: 'open',
      code: 'ldap_filter_invalid',
    })
    expect(await runTestSteps('nonsense')).toMatchObject({ resolve: 'failed', code: 'ldap_address_invalid' })
  })
})

describeUnless(slapdUnavailableReason, describe)('a test of the connection to slapd', () => {
  test('succeeds or reports the reason for the failure', async () => {
    const authority = await createAuthority()
    const tls = await authority.issue({ hosts: ['127.0.0.1'] })
    await using slapd = await startSlapd({ ldif: generateLdif({ users: 1, groups: 1 }), tls })
    const completedSteps = { resolve: 'done', connect: 'done', bind: 'done', base: 'done', code: undefined }

    expect(await runTestSteps(slapd.url)).toEqual({ ...completedSteps, isPrivate: false })
    expect(await runTestSteps(slapd.url, { startTls: true, ca: authority.cert })).toEqual({
      ...completedSteps,
      tls: 'done',
      isPrivate: true,
    })
    expect(await runTestSteps(slapd.socketUrl)).toEqual({
      connect: 'done',
      bind: 'done',
      base: 'done',
      code: undefined,
      isPrivate: true,
    })
    expect(await runTestSteps(slapd.url, { startTls: true })).toMatchObject({
      connect: 'done',
      tls: 'failed',
      code: 'ldap_certificate_untrusted',
    })
    expect(await runTestSteps(slapd.url, { bindPassword: 'no' })).toMatchObject({
      bind: 'failed',
      code: 'ldap_bind_refused',
    })
    expect(await runTestSteps(slapd.url, { base: `ou=nowhere,${base}` })).toMatchObject({
      bind: 'done',
      base: 'failed',
      code: 'ldap_base_not_found',
    })
  })
})

describe('presets', () => {
  test.each(ldapPresets)('parses the filters of $name', async ({ settings }) => {
    const filters = { userFilter: settings.ldapUserSearchFilter, groupFilter: settings.ldapUserGroupSearchFilter }
    const { failure } = await testLdapConnection(sourceOptions('ldapi:///nowhere', filters), neverAborted)

    expect(failure?.code).toBe('ldap_unreachable')
  })
})
