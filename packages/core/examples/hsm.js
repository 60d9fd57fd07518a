import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:http'
import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { home } from './home.js'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

// Stands for a key management service: the private key never leaves it.
function keyService() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    publicKeyPem: () => publicKey.export({ type: 'spki', format: 'pem' }),
    sign: async (data) => sign('sha256', data, privateKey),
  }
}

const service = keyService()
const pocket = await createPocket({
  issuer: origin,
  masterKey,
  accounts,
  stores: memoryStores(),
  signingKeys: {
    external: [{ algorithm: 'RS256', publicKey: createPublicKey(service.publicKeyPem()), sign: service.sign }],
  },
})
const provider = pocket.callback()

createServer((req, res) => provider(req, res, () => home(pocket, req, res))).listen(port, () => invite(pocket, 'ada'))
