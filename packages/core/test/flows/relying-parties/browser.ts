import { UserAgent } from '@pocket/core/testing'
import type { EmulatedRelyingParty, EntryPoint, RelyingPartyResult } from '@pocket/test-support/relying-parties'
import { decide, type Host, signIn, viewOf, visit } from '../host.ts'

type Person = Awaited<ReturnType<Host['person']>>

/** A new browser with a new user. */
export function newBrowser(host: Host, party: EmulatedRelyingParty, { authenticator }: Person) {
  const agent = new UserAgent({ clock: host.clock })
  const until = party.isItsAddress

  async function signInWithPasskey(entryPoint: EntryPoint): Promise<RelyingPartyResult> {
    const page = await visit(agent, party.begin(entryPoint).url)
    const consent = await signIn(agent, page, authenticator)
    const returned = await decide(agent, consent)
    return party.finish(returned.location ?? '')
  }

  async function signInAgain(entryPoint: EntryPoint): Promise<RelyingPartyResult> {
    const page = await visit(agent, party.begin(entryPoint).url)
    const returned = await signIn(agent, page, authenticator)
    const result = await party.finish(returned.location ?? '')
    return {
      ...result,
      checks: [...result.checks, { name: 'The user is asked for the passkey only', passed: true }],
    }
  }

  async function signInSilently(entryPoint: EntryPoint): Promise<RelyingPartyResult> {
    const result = await party.finish(await agent.followTo(await agent.get(party.begin(entryPoint).url), until))
    return { ...result, checks: [...result.checks, { name: 'The user is not asked', passed: true }] }
  }

  /** RFC 8252 §8.6. */
  async function continueAsAccount(entryPoint: EntryPoint): Promise<RelyingPartyResult> {
    const page = await visit(agent, party.begin(entryPoint).url)
    const view = viewOf(page)
    const isConfirmation = view.view === 'consent' && view.confirmOnly === true
    const result = await party.finish((await decide(agent, page)).location ?? '')
    const checks = [...result.checks, { name: 'The user continues with one button', passed: isConfirmation }]
    return { ...result, passed: result.passed && isConfirmation, checks }
  }

  function signInWithSession(entryPoint: EntryPoint): Promise<RelyingPartyResult> {
    const isNative = !entryPoint.redirectUri.startsWith('https:')
    return isNative && party.application.clientSettings.isPublic
      ? continueAsAccount(entryPoint)
      : signInSilently(entryPoint)
  }

  async function signOut(): Promise<RelyingPartyResult> {
    const url = party.logoutUrl()
    if (url === null) throw new Error(`${party.application.name} does not sign out`)
    const { postLogoutRedirectUri: wanted = null, idTokenHint: hinted = false } =
      party.application.behavior.logout ?? {}
    const isLogoutUri = (to: string) => to === wanted
    const shown = await agent.follow(await agent.get(url), { until: isLogoutUri })
    const view = shown.location === null ? viewOf(shown) : null
    const last =
      view?.view === 'sign-out'
        ? await agent.follow(
            await agent.postForm(view.submitTo, { ...view.hidden, [view.confirm.name]: view.confirm.value }),
            { until: isLogoutUri },
          )
        : shown
    const end = last.location ?? viewOf(last).view
    const next = viewOf(await agent.follow(await agent.get(party.begin().url), { until: party.isItsAddress }))
    const checks = [
      {
        name: wanted ? 'The browser returns to the application' : 'A page confirms it',
        passed: end === (wanted ?? 'signed-out'),
      },
      {
        name: hinted ? 'No confirmation is requested' : 'A confirmation is requested',
        passed: hinted === (view?.view !== 'sign-out'),
      },
      { name: 'The next sign-in asks for the passkey', passed: next.view === 'sign-in' },
    ]
    return { account: null, passed: checks.every(({ passed }) => passed), checks }
  }

  return { signInWithPasskey, signInAgain, signInWithSession, signOut }
}
