import { type Account, type ClientProtocolInput, createPublicFetch } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import {
  type Application,
  EmulatedRelyingParty,
  type EntryPoint,
  type RelyingPartyResult,
  SynologyDsm,
  startCallbackServer,
} from '@pocket/test-support/relying-parties'
import { decide, type Host, signIn, startHost, visit } from '../host.ts'
import { newBrowser } from './browser.ts'

/** A step of an application, under the name that users know. */
export interface Step {
  readonly name:
    | 'Set-up'
    | 'Sign-in'
    | 'Second sign-in'
    | 'Refresh'
    | 'Refresh once more'
    | 'Sign-out'
    | 'Back-channel logout'
    | `By ${EntryPoint['name']}`
  readonly result: RelyingPartyResult
}

/** A provider for users of `example.com`, which may send requests to this machine. */
export function startMeasuredHost(): Promise<Host> {
  const fetch = createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'] })
  return startHost({ options: { protocol: { fetch, webFingerDomains: () => ['example.com'] } } })
}

/** The settings of administrators for applications that need more than the standard claims. */
const withExtras: Partial<Account> = {
  customClaims: [
    { key: 'sshpubkey', value: '["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample ada@laptop"]' },
    { key: 'vikunja_groups', value: '[{"name":"Family","oidcID":"family"}]' },
  ],
}

export interface MeasurementOverrides {
  readonly about?: Partial<Account>
  /** The client settings that extend or replace the recommended ones. */
  readonly protocol?: (account: Account) => ClientProtocolInput
}

/**
 * Runs all steps of an application with its recommended settings, for a new user in a new browser; stops at the first failed
 * check.
 */
export async function measure(
  host: Host,
  application: Application,
  { about = {}, protocol = () => ({}) }: MeasurementOverrides = {},
): Promise<readonly Step[]> {
  await using backChannel = await startCallbackServer()
  const { behavior, clientSettings, entryPoints } = application
  const person = await host.person('ada')
  host.accounts.set(person.account.id, { ...person.account, ...withExtras, ...about })
  const backchannelLogoutUri = behavior.backChannelLogoutPath && `${backChannel.url}${behavior.backChannelLogoutPath}`
  const { client, secret } = await host.client({
    ...clientSettings,
    protocol: {
      ...clientSettings.protocol,
      ...(backchannelLogoutUri && { backchannelLogoutUri }),
      ...protocol(person.account),
    },
  })
  const party = new EmulatedRelyingParty(application, {
    issuer: host.issuer,
    webFinger: { address: 'ada@example.com', origin: host.issuer },
    clientId: client.id,
    clientSecret: secret,
    clock: host.clock,
  })
  const browser = newBrowser(host, party, person)

  const steps: Step[] = []
  const runStep = async (name: Step['name'], step: () => Promise<RelyingPartyResult>) => {
    if (steps.every(({ result }) => result.passed)) steps.push({ name, result: await step() })
  }
  const [first, ...others] = entryPoints
  await runStep('Set-up', () => party.setUp())
  await runStep('Sign-in', () => browser.signInWithPasskey(first))
  await runStep('Second sign-in', () => browser.signInWithSession(first))
  for (const entryPoint of others)
    await runStep(`By ${entryPoint.name}`, () =>
      entryPoint.forcesLogin ? browser.signInAgain(entryPoint) : browser.signInWithSession(entryPoint),
    )
  if (behavior.refresh) {
    await runStep('Refresh', () => party.refresh())
    await runStep('Refresh once more', () => party.refresh())
  }
  if (behavior.logout) await runStep('Sign-out', () => browser.signOut())
  if (behavior.logout && backchannelLogoutUri)
    await runStep('Back-channel logout', async () => {
      const { parameters } = await backChannel.next()
      return party.receiveLogoutToken(parameters.get('logout_token') ?? '')
    })
  return steps
}

/** The same for a NAS, which has its own class. */
export async function measureSynologyDsm(host: Host): Promise<readonly Step[]> {
  const redirectUri = 'https://nas.example.com:5001'
  const { client, secret } = await host.client({
    name: 'Synology DSM',
    redirectUris: [redirectUri],
    template: 'synology-dsm',
  })
  const dsm = new SynologyDsm({
    wellKnownUrl: `${host.issuer}/.well-known/openid-configuration`,
    clientId: client.id,
    clientSecret: secret,
    redirectUris: [redirectUri],
    accounts: ['ada'],
    clock: host.clock,
  })
  const { authenticator } = await host.person('ada')
  const agent = new UserAgent({ clock: host.clock })

  await dsm.save()
  const page = await visit(agent, dsm.begin().url)
  const returned = await decide(agent, await signIn(agent, page, authenticator))
  const first = await dsm.finish(returned.location ?? '')
  const second = await dsm.finish((await visit(agent, dsm.begin().url)).location ?? '')
  return [
    { name: 'Set-up', result: createResult(true, 'Discovery contains both endpoints', null) },
    {
      name: 'Sign-in',
      result: createResult(
        first.signedIn,
        'The user name of UserInfo and ID token is that of an account',
        first.accountName,
      ),
    },
    { name: 'Second sign-in', result: createResult(second.signedIn, 'The user is not asked', second.accountName) },
  ]
}

function createResult(passed: boolean, name: string, account: string | null): RelyingPartyResult {
  return { passed, account, checks: [{ name, passed }] }
}
