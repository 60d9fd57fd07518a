import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

type Json = Readonly<Record<string, unknown>>

/** The responses of the provider; a test overrides those that should be wrong. */
export interface FakeProviderAnswers {
  algorithm: 'RS256' | 'ES256'
  kid: string
  /** Whether the ID token is signed with a different key. */
  forged: boolean
  discovery: Json
  idToken: Json
  userInfo: Json
  authorizationError: string | null
  tokenStatus: number
  /** Overrides parts of the token response; `refresh` overrides only refresh responses. */
  tokens: Json
  refresh: Json
  /** The accepted locations of the client secret. */
  clientAuthentication: 'any' | 'header' | 'body'
  webFingerStatus: number
}

/** A received token request. */
export interface TokenRequest {
  readonly authorization: string | undefined
  readonly fields: Readonly<Record<string, string>>
}

export interface FakeProvider extends AsyncDisposable {
  readonly issuer: string
  readonly answers: FakeProviderAnswers
  /** The parameters of the latest authorization request. */
  readonly authorizationRequest: Readonly<Record<string, string>>
  readonly tokenRequests: readonly TokenRequest[]
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const person = {
  preferred_username: 'ada',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  email_verified: true,
  groups: ['family'],
}
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** A minimal OpenID provider that signs in every request as Ada immediately. */
export async function startFakeProvider(): Promise<FakeProvider> {
  const tokenRequests: TokenRequest[] = []
  let authorizationRequest: Readonly<Record<string, string>> = {}
  const server = createServer((request, response) => {
    route(request, response).catch((error: Error) => response.destroy(error))
  })
  await new Promise<void>((onListening) => server.listen(0, '127.0.0.1', onListening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  const issuer = `http://127.0.0.1:${address.port}`
  const answers: FakeProviderAnswers = {
    algorithm: 'RS256',
    kid: 'key',
    forged: false,
    discovery: {},
    idToken: {},
    userInfo: {},
    authorizationError: null,
    tokenStatus: 200,
    tokens: {},
    refresh: {},
    clientAuthentication: 'any',
    webFingerStatus: 200,
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer)
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(response, 200, { ...discovery(issuer, answers.algorithm), ...answers.discovery })
      case '/authorize':
        return authorize(url, response)
      case '/token':
        return token(request, response)
      case '/userinfo':
        if (request.headers.authorization !== 'Bearer access') return json(response, 401, { error: 'invalid_token' })
        return json(response, 200, { sub: 'subject', ...person, ...answers.userInfo })
      case '/jwks':
        return json(response, 200, { keys: [jwk(ec.publicKey, 'ec'), jwk(rsa.publicKey, 'key')] })
      case '/.well-known/webfinger':
        return json(response, answers.webFingerStatus, {
          subject: url.searchParams.get('resource'),
          links: [{ rel: 'http://openid.net/specs/connect/1.0/issuer', href: issuer }],
        })
      default:
        return json(response, 404, {})
    }
  }

  function authorize({ searchParams }: URL, response: ServerResponse): void {
    authorizationRequest = Object.fromEntries(searchParams)
    const back = new URL(searchParams.get('redirect_uri') ?? '')
    if (answers.authorizationError === null) back.searchParams.set('code', codeFor(back.origin))
    else back.searchParams.set('error', answers.authorizationError)
    back.searchParams.set('state', searchParams.get('state') ?? '')
    response.writeHead(303, { location: back.href }).end()
  }

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fields = Object.fromEntries(new URLSearchParams(await text(request)))
    tokenRequests.push({ authorization: request.headers.authorization, fields })
    const isRefresh = fields.grant_type === 'refresh_token' && fields.refresh_token === 'refresh'
    const isExchange = !isRefresh && fields.code === codeFor(new URL(fields.redirect_uri ?? '').origin)
    const place = request.headers.authorization === undefined ? 'body' : 'header'
    if (!['any', place].includes(answers.clientAuthentication)) return json(response, 401, { error: 'invalid_client' })
    if (!(isRefresh || isExchange) || answers.tokenStatus !== 200)
      return json(response, 400, { error: 'invalid_grant' })
    const seconds = Math.floor(Date.now() / 1000)
    const claims = {
      iss: issuer,
      aud: authorizationRequest.client_id,
      sub: 'subject',
      iat: seconds,
      exp: seconds + 60,
      ...person,
      nonce: isRefresh ? undefined : authorizationRequest.nonce,
    }
    return json(response, 200, {
      access_token: 'access',
      token_type: 'Bearer',
      refresh_token: 'refresh',
      id_token: signJwt({ ...claims, ...answers.idToken }),
      ...answers.tokens,
      ...(isRefresh && answers.refresh),
    })
  }

  function signJwt(claims: Json): string {
    const { algorithm, kid, forged } = answers
    const signed = `${encode({ alg: algorithm, kid })}.${encode(claims)}`
    const key = forged ? otherRsa.privateKey : rsa.privateKey
    const signature =
      algorithm === 'RS256'
        ? sign('sha256', Buffer.from(signed), key)
        : sign('sha256', Buffer.from(signed), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' })
    return `${signed}.${signature.toString('base64url')}`
  }

  return {
    issuer,
    answers,
    get authorizationRequest() {
      return authorizationRequest
    },
    tokenRequests,
    [Symbol.asyncDispose]: async () => {
      await new Promise((onClosed) => {
        server.close(onClosed)
        server.closeAllConnections()
      })
    },
  }
}

function discovery(issuer: string, algorithm: string): Json {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    id_token_signing_alg_values_supported: algorithm === 'RS256' ? ['RS256'] : ['RS256', algorithm],
    something_new: { nobody: ['knows'] },
  }
}

// Issues a separate code for each redirect URI, because a provider binds the two.
function codeFor(origin: string): string {
  return createHash('sha256').update(origin).digest('base64url')
}

function jwk(key: KeyObject, kid: string): Json {
  return { ...key.export({ format: 'jwk' }), kid, use: 'sig' }
}

function encode(value: Json): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function json(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
