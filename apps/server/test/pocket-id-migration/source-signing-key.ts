import { createCipheriv, createHmac, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto'
import Database from 'better-sqlite3'
import { facts } from './fixture.ts'

/** Replaces the signing key of an SQLite database of Pocket ID, as its `key-rotate` does. */
export function replaceSigningKey(path: string, alg: string) {
  const { privateKey } = generateKey(alg)
  const kid = randomUUID()
  const database = new Database(path)
  const instanceId = database.prepare(`SELECT value FROM kv WHERE key = 'instance_id'`).pluck().get()
  const keyEncryptionKey = createHmac('sha3-256', facts.encryptionKey).update(`pocketid/${instanceId}/jwk-kek`).digest()
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyEncryptionKey, nonce)
  const jwk = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' })
  const sealed = Buffer.concat([nonce, cipher.update(jwk), cipher.final(), cipher.getAuthTag()])
  database.prepare(`UPDATE kv SET value = ? WHERE key = 'jwt_private_key.json'`).run(sealed.toString('base64'))
  database.close()
  return {
    kid,
    sign: (text: string) =>
      sign(`sha${alg.slice(2)}`, Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  }
}

function generateKey(alg: string) {
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519')
  const size = alg.slice(2)
  if (alg.startsWith('RS')) return generateKeyPairSync('rsa', { modulusLength: 2048 })
  return generateKeyPairSync('ec', { namedCurve: size === '512' ? 'P-521' : `P-${size}` })
}
