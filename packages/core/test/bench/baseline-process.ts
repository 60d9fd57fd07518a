import { createServer, type IncomingMessage } from 'node:http'
import { verifyAuthenticationResponse } from '@simplewebauthn/server'
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { type Adapter, type AdapterPayload } from 'oidc-provider'

// The baseline: oidc-provider and SimpleWebAuthn over node:http with a store in memory, and nothing else. The parent process
// sends the public key of the passkey.

const { PORT: port = '', PASSKEY: passkeyText = '{}' } = process.env
const issuer = `http://localhost:${port}`
const passkey: { readonly credentialId: string; readonly publicKey: string } = JSON.parse(passkeyText)

const stored = new Map<string, AdapterPayload>()

class MapAdapter implements Adapter {
  readonly #model: string

  constructor(model: string) {
    this.#model = model
  }

  async upsert(id: string, payload: AdapterPayload) {
    stored.set(`${this.#model}:${id}`, payload)
    if (payload.uid) stored.set(`${this.#model}:uid:${payload.uid}`, payload)
  }
  find = async (id: string) => stored.get(`${this.#model}:${id}`)
  findByUid = async (uid: string) => stored.get(`${this.#model}:uid:${uid}`)
  findByUserCode = async () => undefined
  async consume(id: string) {
    const found = stored.get(`${this.#model}:${id}`)
    if (found) found.consumed = Math.floor(Date.now() / 1000)
  }
  async destroy(id: string) {
    stored.delete(`${this.#model}:${id}`)
  }
  revokeByGrantId = async () => {}
}

const { privateKey } = await generateKeyPair('RS256', { extractable: true })
const account = { name: 'Ada Lovelace', email: 'ada@example.com', email_verified: true, groups: ['staff'] }
const provider = new Provider(issuer, {
  adapter: MapAdapter,
  clients: [
    {
      client_id: 'bench',
      client_secret: 'secret-of-the-bench',
      redirect_uris: ['https://app.example/callback'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    },
  ],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }] },
  cookies: { keys: ['a key of the cookies'] },
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'], groups: ['groups'] },
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true, allowedPolicy: async () => true },
    clientCredentials: { enabled: true },
    // The server's client credentials tokens are JWTs, and its other access tokens are opaque.
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx) => (ctx.oidc.params?.grant_type === 'client_credentials' ? issuer : []),
      getResourceServerInfo: () => ({
        ...{ scope: '', audience: issuer, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } },
      }),
    },
  },
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  findAccount: async (_ctx, accountId) => ({ accountId, claims: async () => ({ sub: accountId, ...account }) }),
  loadExistingGrant: async (ctx) => {
    const { session, client, account: signedIn } = ctx.oidc
    const grantId = client && session?.grantIdFor(client.clientId)
    const found = grantId ? await provider.Grant.find(grantId) : undefined
    if (found || !client || !signedIn) return found
    const grant = new provider.Grant({ accountId: signedIn.accountId, clientId: client.clientId })
    grant.addOIDCScope('openid profile email groups')
    await grant.save()
    return grant
  },
  ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 86_400, IdToken: 3600, Interaction: 3600, Session: 86_400 },
})

const challenges = new Map<string, string>()
const callback = provider.callback()

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const server = createServer(async (request, response) => {
  const uid = /^\/interaction\/([\w-]+)$/.exec(request.url ?? '')?.[1]
  if (uid === undefined) return callback(request, response)
  if (request.method === 'GET') {
    await provider.interactionDetails(request, response)
    const challenge = crypto.randomUUID()
    challenges.set(uid, Buffer.from(challenge).toString('base64url'))
    const options = { challenge: challenges.get(uid), rpId: 'localhost', userVerification: 'required' }
    response.setHeader('content-type', 'text/html').end(`<main data-options='${JSON.stringify(options)}'></main>`)
    return
  }
  const result = JSON.parse(await readBody(request))
  const { verified } = await verifyAuthenticationResponse({
    response: result,
    expectedChallenge: challenges.get(uid) ?? '',
    expectedOrigin: issuer,
    expectedRPID: 'localhost',
    credential: {
      id: passkey.credentialId,
      publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
      counter: 0,
    },
  })
  challenges.delete(uid)
  const redirectTo = await provider.interactionResult(request, response, {
    login: { accountId: verified ? 'ada' : '' },
  })
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ redirectTo }))
})
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'))
