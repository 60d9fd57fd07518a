import type Provider from 'oidc-provider'
import type { Client } from '../../clients/client.ts'
import type { Clients } from '../../clients/registration.ts'
import type { Clock } from '../../clock.ts'
import type { ConnectionLog } from '../../connection-log/connection-log.ts'
import { Forbidden, InvalidInput, NotFound } from '../../errors.ts'
import type { PublicFetch } from '../../outbound/public-fetch.ts'
import { authenticationContext } from '../../sessions/session.ts'
import { revokeGrant } from '../logout.ts'
import type { EndpointName } from '../paths.ts'
import type { TokenPreview } from '../preview.ts'
import { ask, askForJson, drawSecrets, type Secrets, userInfoAt, verifiedIdToken } from './requests.ts'
import { TrialRecord, type TrialStep, TrialStop } from './trial.ts'

export interface ClientTrialPorts {
  readonly provider: () => Provider
  readonly clients: Clients
  readonly connectionLog: ConnectionLog
  readonly preview: (clientId: string, accountId: string, scope: string) => Promise<TokenPreview>
  readonly issuer: string
  readonly endpoints: Readonly<Record<EndpointName, string>>
  /** Reaches this provider at its own address, and need not reach anything else. */
  readonly fetch: PublicFetch
  readonly clock: Clock
}

const scope = 'openid profile email groups'
/** Milliseconds that the secret of a trial works, should nobody take it back. */
const secretLifetime = 60_000

/**
 * Tries a client as its application would: by real requests to this provider's own address. Nothing leaves it: the browser
 * is never sent anywhere, the code is made for the account and exchanged at once, and all of it has ended when the answer
 * is there.
 *
 * @throws {NotFound} `client_not_found`
 */
export function createClientTrial(ports: ClientTrialPorts) {
  const { provider, clients, preview, issuer, endpoints, fetch, clock } = ports

  /** A request that nobody is signed in for: all that can be refused in it is refused before that. */
  const request = async (client: Client, redirectUri: string, { state, nonce, challenge }: Secrets) => {
    const parameters = {
      client_id: client.id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope,
      state,
      nonce,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      prompt: 'none',
    }
    if (
      client.requiresPushedAuthorizationRequests ||
      client.protocol.fapi ||
      client.protocol.requireSignedRequestObject
    )
      throw new TrialStop('own_key', '', 'skipped')
    const answer = await ask(fetch, `${endpoints.authorization}?${new URLSearchParams(parameters)}`)
    const error = URL.parse(answer.headers.get('location') ?? '')?.searchParams
    if (error?.get('state') === state && error.get('error') === 'login_required') return
    const [latest] = await ports.connectionLog.list(client.id)
    throw new TrialStop('refused', latest?.reason ?? `${error?.get('error') ?? answer.status}`)
  }

  const makeCode = async (client: Client, accountId: string, redirectUri: string, { nonce, challenge }: Secrets) => {
    const { AuthorizationCode, Client: LibraryClient, Grant } = provider()
    const found = await LibraryClient.find(client.id)
    if (!found) throw new NotFound('client_not_found', 'There is no such client.')
    const grant = new Grant({ accountId, clientId: client.id })
    grant.addOIDCScope(scope)
    const grantId = await grant.save()
    const { amr, acr, authTime } = authenticationContext('passkey', clock.now())
    const code = new AuthorizationCode({
      accountId,
      client: found,
      grantId,
      scope,
      nonce,
      amr: [...amr],
      acr,
      authTime,
      redirectUri,
      codeChallenge: challenge,
      codeChallengeMethod: 'S256',
      gty: 'authorization_code',
    })
    return { code: await code.save(), grantId }
  }

  const withSecret = async <T>(client: Client, work: (secret: string | null) => Promise<T>): Promise<T> => {
    if (client.isPublic) return work(null)
    const minted = await clients
      .addSecret(client.id, { expiresAt: clock.now() + secretLifetime })
      .catch((error: unknown) => {
        throw error instanceof InvalidInput ? new TrialStop('no_room') : error
      })
    try {
      return await work(minted.plain)
    } finally {
      await clients.removeSecret(client.id, minted.stored.id)
    }
  }

  const exchange = (client: Client, code: string, redirectUri: string, { verifier }: Secrets) => {
    const { protocol } = client
    if (protocol.tokenEndpointAuthMethod !== 'client_secret' || protocol.dpopBoundAccessTokens || protocol.fapi)
      throw new TrialStop('own_key', '', 'skipped')
    return withSecret(client, (secret) => {
      const fields = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
        client_id: client.id,
        ...(secret !== null && { client_secret: secret }),
      }
      return askForJson(fetch, endpoints.token, { method: 'POST', body: new URLSearchParams(fields) })
    })
  }

  const run = async (client: Client, accountId: string, record: TrialRecord) => {
    const secrets = drawSecrets()
    const document = await record.step('discovery', async () => {
      const found = await askForJson(fetch, `${issuer}/.well-known/openid-configuration`)
      if (found.issuer !== issuer) throw new TrialStop('other_issuer', String(found.issuer))
      return found
    })
    const redirectUri = await record.step(
      'address',
      () => {
        const found = client.redirectUris.find((uri) => !uri.includes('*'))
        if (found === undefined) throw new TrialStop('no_address')
        return found
      },
      (found) => found,
    )
    try {
      await record.step('request', () => request(client, redirectUri, secrets))
    } catch (error) {
      // What could not be tried from here keeps nothing else from being tried.
      if (!(error instanceof TrialStop) || error.outcome === 'failed') throw error
    }
    await record.step('person', async () => {
      await preview(client.id, accountId, scope).catch((error: unknown) => {
        throw error instanceof Forbidden ? new TrialStop('not_allowed') : error
      })
    })
    const { code, grantId } = await makeCode(client, accountId, redirectUri, secrets)
    try {
      const tokens = await record.step('authentication', () => exchange(client, code, redirectUri, secrets))
      const keys = await askForJson(fetch, String(document.jwks_uri))
      const about = { issuer, clientId: client.id, nonce: secrets.nonce }
      const told = await record.step(
        'idToken',
        () => verifiedIdToken(String(tokens.id_token), keys, about),
        ({ alg, claims }) => `${alg}\n${JSON.stringify(claims, null, 2)}`,
      )
      await record.step(
        'userInfo',
        async () => {
          const found = await userInfoAt(fetch, endpoints.userinfo, String(tokens.access_token))
          if (found.sub !== told.claims.sub) throw new TrialStop('not_genuine', 'sub')
          return found
        },
        (found) => JSON.stringify(found, null, 2),
      )
    } finally {
      await revokeGrant(provider(), grantId)
    }
  }

  return async (clientId: string, accountId: string): Promise<readonly TrialStep[]> => {
    const client = await clients.find(clientId)
    if (!client) throw new NotFound('client_not_found', 'There is no such client.')
    const record = new TrialRecord()
    await run(client, accountId, record).catch((error: unknown) => {
      if (!(error instanceof TrialStop)) throw error
    })
    return record.steps
  }
}
