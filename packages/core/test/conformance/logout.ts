import type { UserAgentResponse } from '@pocket/core/testing'
import { type HostOptions, startHost, viewOf } from '../flows/host.ts'
import type { Parameters, RelyingPartyOptions } from '../flows/login.ts'
import {
  authorizationUrl,
  createParty,
  logIn,
  type Party,
  readAuthorizationResponse,
  sendAuthorizationRequest,
} from './party.ts'

export const postLogoutRedirectUri = 'https://app.example/bye'
const isLogoutUri = (url: string) => url.startsWith(postLogoutRedirectUri)

/** A user who is signed in at a client with a post-logout redirect URI. */
export async function startLoggedIn(host: HostOptions = {}, { protocol }: Pick<RelyingPartyOptions, 'protocol'> = {}) {
  const started = await startHost(host)
  const party = await createParty(started, {
    client: { postLogoutRedirectUris: [postLogoutRedirectUri] },
    ...(protocol && { protocol }),
  })
  const login = await logIn(party)
  return { party, login, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() }
}

/** The first response of the end-session endpoint. */
export function endSession({ host, agent }: Party, parameters: Parameters): Promise<UserAgentResponse> {
  return agent.get(`${host.issuer}/api/oidc/end-session?${new URLSearchParams(parameters)}`)
}

/** Confirms the logout page and follows redirects to the client or to the last page. */
export async function confirmLogout({ agent }: Party, page: UserAgentResponse): Promise<UserAgentResponse> {
  const view = viewOf(page, 'sign-out')
  const fields = { ...view.hidden, [view.confirm.name]: view.confirm.value }
  return agent.follow(await agent.postForm(view.submitTo, fields), { until: isLogoutUri })
}

/** Checks with `prompt=none`, as the suite does, whether the browser still has a session. */
export async function isLoggedIn(party: Party): Promise<boolean> {
  const response = await readAuthorizationResponse(
    await sendAuthorizationRequest(party, authorizationUrl(party, { prompt: 'none' })),
  )
  if (response.has('code')) return true
  if (response.get('error') !== 'login_required') throw new Error(`Neither in nor out: ${response}`)
  return false
}
