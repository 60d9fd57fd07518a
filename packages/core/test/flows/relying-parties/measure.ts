import { createPublicFetch } from '@pocket/core'
import {
  type Application,
  type Door,
  EmulatedRelyingParty,
  type RelyingPartyResult,
  SynologyDsm,
  startCallbackServer,
  UserAgent,
} from '@pocket/core/testing'
import { decide, type Host, signIn, startHost, viewOf } from '../host.ts'

/** A part of what an application does, as people know it. */
export interface Step {
  readonly name:
    | 'Set-up'
    | 'Sign-in'
    | 'Second sign-in'
    | 'Refresh'
    | 'Sign-out'
    | 'Back-channel logout'
    | `By ${Door['name']}`
  readonly result: RelyingPartyResult
}

/** A provider for people of `example.com`, which may call this machine. */
export function startMeasuredHost(): Promise<Host> {
  const fetch = createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'] })
  return startHost({ options: { fetch, webFingerDomains: () => ['example.com'] } })
}

/** Takes an application through everything it does, with its recommended set-up, for somebody new in a new browser. */
export async function measure(host: Host, application: Application): Promise<readonly Step[]> {
  await using backChannel = await startCallbackServer()
  const { backChannelLogoutPath, refresh } = application.habits
  const { clientSettings } = application
  const backchannelLogoutUri = backChannelLogoutPath ? `${backChannel.url}${backChannelLogoutPath}` : null
  const protocol = { ...clientSettings.protocol, ...(backchannelLogoutUri && { backchannelLogoutUri }) }
  const { client, secret } = await host.client({ ...clientSettings, protocol })
  const party = new EmulatedRelyingParty(application, {
    issuer: host.issuer,
    webFinger: { address: 'ada@example.com', origin: host.issuer },
    clientId: client.id,
    clientSecret: secret,
    clock: host.clock,
  })
  const browser = await firstBrowser(host, party)

  const steps: Step[] = [{ name: 'Set-up', result: await party.setUp() }]
  const [first, ...others] = application.doors
  steps.push({ name: 'Sign-in', result: await browser.signInWithPasskey(first) })
  steps.push({ name: 'Second sign-in', result: await browser.signInUnasked(first) })
  for (const door of others) steps.push({ name: `By ${door.name}`, result: await browser.signInUnasked(door) })
  if (refresh) steps.push({ name: 'Refresh', result: both(await party.refresh(), await party.refresh()) })
  const signedOut = await browser.signOut()
  if (signedOut) steps.push({ name: 'Sign-out', result: signedOut })
  if (signedOut && backchannelLogoutUri) {
    const { parameters } = await backChannel.next()
    const result = await party.receiveLogoutToken(parameters.get('logout_token') ?? '')
    steps.push({ name: 'Back-channel logout', result })
  }
  return steps
}

/** The second of two, which began where the first had ended. */
function both(one: RelyingPartyResult, two: RelyingPartyResult): RelyingPartyResult {
  return one.passed ? two : one
}

async function firstBrowser(host: Host, party: EmulatedRelyingParty) {
  const { authenticator } = await host.person('ada')
  const agent = new UserAgent({ clock: host.clock })
  const until = party.isItsAddress

  async function signInWithPasskey(door: Door): Promise<RelyingPartyResult> {
    const page = await agent.follow(await agent.get(party.begin(door).url), { until })
    const consent = await signIn(agent, page, authenticator, until)
    const returned = await decide(agent, consent, 'submitTo', until)
    return party.finish(returned.location ?? '')
  }

  async function signInUnasked(door: Door): Promise<RelyingPartyResult> {
    const result = await party.finish(await agent.followTo(await agent.get(party.begin(door).url), until))
    return { ...result, checks: [...result.checks, { name: 'Nobody is asked anything', passed: true }] }
  }

  async function signOut(): Promise<RelyingPartyResult | null> {
    const url = party.logoutUrl()
    if (url === null) return null
    const wanted = party.application.habits.logout?.postLogoutRedirectUri ?? null
    const view = viewOf(await agent.get(url))
    if (view.view !== 'sign-out') throw new Error(`This is no sign-out page but ${JSON.stringify(view)}`)
    const fields = { ...view.hidden, [view.confirm.name]: view.confirm.value }
    const last = await agent.follow(await agent.postForm(view.submitTo, fields), { until: (to) => to === wanted })
    const end = last.location ?? viewOf(last).view
    const next = viewOf(await agent.follow(await agent.get(party.begin().url), { until }))
    const checks = [
      {
        name: wanted ? 'The browser goes back to the application' : 'A page says so',
        passed: end === (wanted ?? 'signed-out'),
      },
      { name: 'The next sign-in asks for the passkey', passed: next.view === 'sign-in' },
    ]
    return { account: null, passed: checks.every(({ passed }) => passed), checks }
  }

  return { signInWithPasskey, signInUnasked, signOut }
}

/** The same for a NAS, which has a class of its own. */
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
  const until = (url: string) => url.startsWith(redirectUri)

  await dsm.save()
  const page = await agent.follow(await agent.get(dsm.begin().url), { until })
  const returned = await decide(agent, await signIn(agent, page, authenticator, until), 'submitTo', until)
  const first = await dsm.finish(returned.location ?? '')
  const second = await dsm.finish(await agent.followTo(await agent.get(dsm.begin().url), until))
  return [
    { name: 'Set-up', result: outcome(true, 'Discovery has both endpoints', null) },
    {
      name: 'Sign-in',
      result: outcome(
        first.signedIn,
        'The user name of UserInfo and ID token is that of an account',
        first.accountName,
      ),
    },
    { name: 'Second sign-in', result: outcome(second.signedIn, 'Nobody is asked anything', second.accountName) },
  ]
}

function outcome(passed: boolean, name: string, account: string | null): RelyingPartyResult {
  return { passed, account, checks: [{ name, passed }] }
}
