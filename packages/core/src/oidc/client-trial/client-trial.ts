import type Provider from 'oidc-provider'
import type { Client } from '../../clients/client.ts'
import type { Clients } from '../../clients/registration.ts'
import { signingSecret } from '../../clients/secrets.ts'
import type { CoreContext } from '../../context.ts'
import { ForbiddenError, InvalidInputError, NotFoundError } from '../../errors.ts'
import type { PublicFetch } from '../../outbound/public-fetch.ts'
import { authenticationContext } from '../../sessions/session.ts'
import { revokeGrant } from '../grant-destruction.ts'
import { getEndpoints } from '../paths.ts'
import type { TokenPreview } from '../preview.ts'
import { createKeyProofs, type ProveKey, secretAssertion } from './proofs.ts'
import { createSecrets, fetchJson, fetchResponse, fetchUserInfo, type Secrets, verifyIdToken } from './requests.ts'
import { type ClientTestStep, TrialRecord, TrialStoppedError } from './trial.ts'
import { type TrialMarks, trialHeader } from './trial-mark.ts'

const scope = 'openid profile email groups'
/** Milliseconds until the secret of a client test expires, in case its removal fails. */
const secretLifetime = 60_000

interface ClientTrialServices {
  readonly clients: Clients
  readonly preview: (clientId: string, accountId: string, scope: string) => Promise<TokenPreview>
  readonly createMark: TrialMarks['create']
  /** Fetches from this provider's own address; other addresses can be blocked. */
  readonly fetch: PublicFetch
}

/** A running test; `fetch` marks its requests. */
interface Trial {
  readonly client: Client
  readonly fetch: PublicFetch
}

/**
 * Tests a client with real requests to this provider's own endpoints. The browser is not redirected: the code is created for
 * the account and exchanged immediately, and everything issued is revoked before the result is returned.
 *
 * @throws {NotFoundError} `client_not_found`
 */
export function createClientTrial(
  { issuer: { id: issuer }, stores, clock }: CoreContext,
  provider: () => Provider,
  { clients, preview, createMark, fetch: fetchOwn }: ClientTrialServices,
) {
  const endpoints = getEndpoints(issuer)

  /** The form fields that authenticate the client. @throws {TrialStoppedError} if authentication requires the application's own key */
  const withClientAuthentication = async <T>(
    client: Client,
    send: (fields: Readonly<Record<string, string>>) => Promise<T>,
  ) => {
    const { tokenEndpointAuthMethod, fapi } = client.protocol
    if (client.isPublic) return send({ client_id: client.id })
    if (fapi || tokenEndpointAuthMethod === 'private_key_jwt') throw new TrialStoppedError('own_key', '', 'skipped')
    if (tokenEndpointAuthMethod === 'client_secret')
      return withSecret(client, (secret) => send({ client_id: client.id, client_secret: secret }))
    // Only the newest secret is valid, so adding another one would lock out the application during the trial.
    const sendSigned = async (secret: string) =>
      send({ client_id: client.id, ...(await secretAssertion(client.id, issuer, secret)) })
    const secret = signingSecret(client, clock.now()) && (await getLibraryClient(client.id)).clientSecret
    return secret === undefined ? withSecret(client, sendSigned) : sendSigned(secret)
  }

  const getLibraryClient = async (id: string) => {
    const found = await provider().Client.find(id)
    if (!found) throw new NotFoundError('client_not_found', 'There is no such client.')
    return found
  }

  const pushRequest = async ({ client, fetch }: Trial, parameters: Readonly<Record<string, string>>) => {
    const response = await withClientAuthentication(client, (fields) =>
      fetchJson(fetch, endpoints.pushed_authorization_request, {
        method: 'POST',
        body: new URLSearchParams({ ...parameters, ...fields }),
      }),
    )
    return { client_id: client.id, request_uri: String(response.request_uri) }
  }

  /** Sends a request without a session: the provider reports all other errors before `login_required`. */
  const request = async (trial: Trial, redirectUri: string, { state, nonce, challenge }: Secrets) => {
    const { client, fetch } = trial
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
    if (client.protocol.requireSignedRequestObject) throw new TrialStoppedError('own_key', '', 'skipped')
    const requestParameters =
      client.requiresPushedAuthorizationRequests || client.protocol.fapi
        ? await pushRequest(trial, parameters)
        : parameters
    const response = await fetchResponse(fetch, `${endpoints.authorization}?${new URLSearchParams(requestParameters)}`)
    const error = URL.parse(response.headers.get('location') ?? '')?.searchParams
    if (error?.get('state') === state && error.get('error') === 'login_required') return
    const reason = response.headers.get(trialHeader)
    const code = error?.get('error') ?? String(response.status)
    throw new TrialStoppedError('refused', reason === null ? code : decodeURIComponent(reason))
  }

  const createCode = async (client: Client, accountId: string, redirectUri: string, { nonce, challenge }: Secrets) => {
    const { AuthorizationCode, Grant } = provider()
    const found = await getLibraryClient(client.id)
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

  const withSecret = async <T>(client: Client, work: (secret: string) => Promise<T>): Promise<T> => {
    const newSecret = await clients
      .addSecret(client.id, { expiresAt: clock.now() + secretLifetime })
      .catch((error: unknown) => {
        throw error instanceof InvalidInputError ? new TrialStoppedError('no_room') : error
      })
    try {
      return await work(newSecret.plain)
    } finally {
      await clients.removeSecret(client.id, newSecret.stored.id)
    }
  }

  const exchange = ({ client, fetch }: Trial, request: Readonly<Record<string, string>>, prove: ProveKey | null) =>
    withClientAuthentication(client, async (fields) =>
      fetchJson(fetch, endpoints.token, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'authorization_code', ...request, ...fields }),
        ...(prove && { headers: { dpop: await prove('POST', endpoints.token) } }),
      }),
    )

  const userInfo = async (fetch: PublicFetch, accessToken: string, prove: ProveKey | null) =>
    fetchUserInfo(fetch, endpoints.userinfo, {
      authorization: `${prove ? 'DPoP' : 'Bearer'} ${accessToken}`,
      ...(prove && { dpop: await prove('GET', endpoints.userinfo, accessToken) }),
    })

  const run = async (trial: Trial, accountId: string, record: TrialRecord) => {
    const { client, fetch } = trial
    const secrets = createSecrets()
    const document = await record.step('discovery', async () => {
      const found = await fetchJson(fetch, `${issuer}/.well-known/openid-configuration`)
      if (found.issuer !== issuer) throw new TrialStoppedError('other_issuer', String(found.issuer))
      return found
    })
    const redirectUri = await record.step(
      'address',
      () => {
        const found = client.redirectUris.find((uri) => !uri.includes('*'))
        if (found === undefined) throw new TrialStoppedError('no_address')
        return found
      },
      (found) => found,
    )
    try {
      await record.step('request', () => request(trial, redirectUri, secrets))
    } catch (error) {
      // A skipped step does not stop the remaining steps.
      if (!(error instanceof TrialStoppedError) || error.outcome === 'failed') throw error
    }
    await record.step('person', async () => {
      await preview(client.id, accountId, scope).catch((error: unknown) => {
        throw error instanceof ForbiddenError ? new TrialStoppedError('not_allowed') : error
      })
    })
    const prove = client.protocol.dpopBoundAccessTokens ? await createKeyProofs() : null
    const { code, grantId } = await createCode(client, accountId, redirectUri, secrets)
    try {
      const tokenRequest = { code, redirect_uri: redirectUri, code_verifier: secrets.verifier }
      const tokens = await record.step(
        'authentication',
        () => exchange(trial, tokenRequest, prove),
        ({ token_type, expires_in, scope: granted }) =>
          JSON.stringify({ token_type, expires_in, scope: granted }, null, 2),
      )
      const keys = await fetchJson(fetch, String(document.jwks_uri))
      const expectedClaims = { issuer, clientId: client.id, nonce: secrets.nonce }
      const idToken = await record.step(
        'idToken',
        () => verifyIdToken(String(tokens.id_token), keys, expectedClaims),
        ({ alg, claims }) => `${alg}\n${JSON.stringify(claims, null, 2)}`,
      )
      await record.step(
        'userInfo',
        async () => {
          const found = await userInfo(fetch, String(tokens.access_token), prove)
          if (found.sub !== idToken.claims.sub) throw new TrialStoppedError('not_genuine', 'sub')
          return found
        },
        (found) => JSON.stringify(found, null, 2),
      )
    } finally {
      await revokeGrant(stores.artifacts, grantId)
    }
  }

  return async (clientId: string, accountId: string): Promise<readonly ClientTestStep[]> => {
    const client = await clients.find(clientId)
    if (!client) throw new NotFoundError('client_not_found', 'There is no such client.')
    const record = new TrialRecord()
    const mark = createMark(client.id)
    const fetch: PublicFetch = (url, { headers, ...init } = {}) => {
      const marked = new Headers(headers)
      marked.set(trialHeader, mark)
      return fetchOwn(url, { ...init, headers: marked })
    }
    await run({ client, fetch }, accountId, record).catch((error: unknown) => {
      if (!(error instanceof TrialStoppedError)) throw error
    })
    return record.steps
  }
}
