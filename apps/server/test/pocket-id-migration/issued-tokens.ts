import { createHmac, createPrivateKey, randomBytes, randomUUID, sign } from 'node:crypto'
import Database from 'better-sqlite3'
import { openSource } from '../../src/pocket-id-migration/source/open-source.ts'
import { openSecrets } from '../../src/pocket-id-migration/source-secrets.ts'
import { facts } from './fixture.ts'

export interface IssuedTokens {
  readonly accountId: string
  readonly accessToken: string
  readonly refreshToken: string
}

const expiresAt = 2_051_222_400

/** Adds an authorization of the client `wiki` for each user to an SQLite database of Pocket ID, as it would have issued it. */
export async function issueTokens(
  path: string,
  users: readonly string[],
): Promise<Readonly<Record<string, IssuedTokens>>> {
  const { tokenKey, signingKey } = await readSecrets(path)
  const database = new Database(path)
  const template = database
    .prepare(
      `SELECT CAST(request_data AS TEXT) FROM oauth2_sessions WHERE kind = 'refresh_token' AND client_id = 'wiki'`,
    )
    .pluck()
    .get()
  const insert = database.prepare(`INSERT INTO oauth2_sessions
    (id, created_at, kind, key, request_id, client_id, request_data, expires_at)
    VALUES (?, 1795887310, ?, ?, ?, 'wiki', CAST(? AS BLOB), ${expiresAt})`)
  const issued = users.map((user) => {
    const accountId = facts.users.find(({ username }) => username === user)?.sub ?? ''
    const requestId = randomUUID()
    const data = JSON.parse(String(template))
    data.session.subject = accountId
    const value = randomBytes(32)
    const mac = createHmac('sha512-256', tokenKey).update(value).digest('base64url')
    const claims = { sub: accountId, iss: 'http://localhost:1411', aud: ['wiki'], exp: expiresAt, jti: randomUUID() }
    const signed = [{ alg: 'RS256', kid: signingKey.kid, typ: 'at+jwt' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    const key = createPrivateKey({ key: { ...signingKey.jwk }, format: 'jwk' })
    const signature = sign('sha256', Buffer.from(signed), key).toString('base64url')
    insert.run(randomUUID(), 'refresh_token', mac, requestId, JSON.stringify(data))
    insert.run(randomUUID(), 'access_token', signature, requestId, JSON.stringify(data))
    const refreshToken = `pocket_id_rt_${value.toString('base64url')}.${mac}`
    return [user, { accountId, refreshToken, accessToken: `${signed}.${signature}` }] as const
  })
  database.close()
  return Object.fromEntries(issued)
}

async function readSecrets(path: string) {
  await using source = await openSource({ source: path, uploads: undefined, describePostgres: String, now: Date.now() })
  const { tokenKey, signingKey } = await openSecrets(source, Buffer.from(facts.encryptionKey))
  if (signingKey === undefined) throw new Error('The fixture has no signing key.')
  return { tokenKey, signingKey }
}
