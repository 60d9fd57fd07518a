import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { type Application, alternativesOf, applications } from '@pocket/test-support/relying-parties'
import { type MeasurementOverrides, measure, type Step, startMeasuredHost } from './relying-parties/measure.ts'
import { relyingPartiesReference } from './relying-parties/reference.ts'

const host = shareBetweenTests(() => startMeasuredHost())
/** The results by application name, from which the reference is generated. */
const measured = new Map<string, readonly Step[]>()

function findApplication(id: string): Application {
  const found = applications.find((each) => each.id === id)
  if (found === undefined) throw new Error(`There is no application ${id}`)
  return found
}

const named = applications
  .flatMap((application) => [application, ...alternativesOf(application)])
  .map((application): [string, Application] => [application.name, application])

test.each(named)('%s passes all checks', async (name, each) => {
  const steps = await measure(host, each)
  measured.set(name, steps)
  expect(steps.filter(({ result }) => !result.passed)).toEqual([])
  expect(steps.flatMap(({ result }) => result.checks).filter(({ passed }) => !passed)).toEqual([])
  const known = steps.find(({ name }) => name === 'Sign-in')?.result.account
  expect(known).toMatch(each.behavior.identifiedBy === 'sub' ? /^[\da-f-]{36}$/ : /^ada(@example\.com)?$/)
  expect(host.errors).toEqual([])
  expect(host.events.filter(({ event }) => event.endsWith('_refused'))).toEqual([])
})

describe('an application stops at a configuration that it does not support', () => {
  const failures: [string, string, MeasurementOverrides, string, RegExp][] = [
    ['vaultwarden', 'an unverified e-mail address', { about: { emailVerified: false } }, 'email_verified', /false/],
    ['oauth2-proxy', 'an unverified e-mail address', { about: { emailVerified: false } }, 'email_verified', /false/],
    ['outline', 'no e-mail address', { about: { email: null } }, 'email', /undefined/],
    ['immich', 'another algorithm', { protocol: () => ({ idTokenSignedResponseAlg: 'ES256' }) }, 'is valid', /alg/],
    ['gitea', 'a user name that is an e-mail address', { about: { userName: 'ada@x' } }, 'preferred_username', /ada@x/],
    ['argo-cd', 'no group', { about: { groups: [] } }, 'groups', /\[\]|undefined/],
    [
      'home-assistant',
      'groups as a string',
      {
        protocol: () => ({
          claimRules: [{ claim: 'groups', source: { kind: 'claim', name: 'groups' }, as: 'string' }],
        }),
      },
      'groups',
      /"family"/,
    ],
  ]

  test.each(failures)('%s: %s', async (id, _, failureContext, check, reason) => {
    const last = (await measure(host, findApplication(id), failureContext)).at(-1)
    expect(last?.result).toMatchObject({ passed: false, account: null })
    expect(last?.result.checks.at(-1)).toEqual({
      name: expect.stringContaining(check),
      passed: false,
      reason: expect.stringMatching(reason),
    })
  })
})

describe('client settings that solve a problem', () => {
  const helps: [string, string, MeasurementOverrides, string][] = [
    [
      'gitea',
      'another user name for a user whose name it rejects',
      { about: { userName: 'ada@x' }, protocol: ({ id }) => ({ userNames: { [id]: 'ada' } }) },
      'ada',
    ],
    [
      'tailscale',
      'ES256, which it accepts',
      { protocol: () => ({ idTokenSignedResponseAlg: 'ES256' }) },
      'ada@example.com',
    ],
    [
      'vikunja',
      'EdDSA, which it accepts as advertised',
      { protocol: () => ({ idTokenSignedResponseAlg: 'EdDSA' }) },
      'ada',
    ],
  ]

  test.each(helps)('%s: %s', async (id, _, failureContext, account) => {
    const steps = await measure(host, findApplication(id), failureContext)
    expect(steps.flatMap(({ result }) => result.checks).filter(({ passed }) => !passed)).toEqual([])
    expect(steps.find(({ name }) => name === 'Sign-in')?.result.account).toBe(account)
  })
})

test('the reference of relying parties is complete and up to date', async () => {
  const page = await readFile(new URL('../../../../docs/reference/relying-parties.md', import.meta.url), 'utf8')
  const again = await relyingPartiesReference(host, async (_, each) => measured.get(each.name) ?? measure(host, each))
  expect(page).toBe(again)
  for (const { name } of applications) expect(page).toContain(`## ${name}\n`)
})
