import type { Pocket } from '@pocket/core'
import { signingAlgorithms } from '@pocket/core/internal'
import { actorOf } from '../access/actor.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { instant, namedObject } from '../http/api/schema.ts'
import { rotateKeys } from './rotation.ts'

const settingsApi = operationsIn('settings')

const algorithm = { type: 'string', enum: signingAlgorithms } as const

const keySchema = namedObject('SigningKeyDto', {
  kid: { type: 'string' },
  algorithm: {
    type: 'string',
    description: 'A `previous` key from a migration may have an algorithm that signs no longer.',
  },
  status: { type: 'string', enum: ['current', 'next', 'previous'] },
  since: instant,
  until: {
    ...instant,
    description:
      'When a `current` key stops signing, a `next` key starts signing, or a `previous` key is no longer published.',
  },
})

const replacementSchema = namedObject('KeyReplacementDto', {
  algorithm,
  kid: { type: 'string', description: 'The new key.' },
  signsFrom: instant,
})

const rotationBody = {
  type: 'object',
  properties: {
    algorithm: { ...algorithm, description: 'The algorithm of the key to replace; by default, all keys are replaced.' },
    now: {
      type: 'boolean',
      description:
        'Whether the new key signs immediately and the old keys are withdrawn: tokens that they signed are rejected.',
    },
  },
} as const

export function signingKeyOperations(pocket: Pick<Pocket, 'replaceKeys' | 'signingKeys'>): readonly Operation[] {
  return [
    settingsApi.get('/api/signing-keys', {
      id: 'listSigningKeys',
      summary: 'List the published signing keys',
      response: { status: 200, schema: { type: 'array', items: keySchema } },
      handle: async () =>
        (await pocket.signingKeys()).map(({ since, until, ...key }) => ({
          ...key,
          since: new Date(since).toISOString(),
          until: new Date(until).toISOString(),
        })),
    }),
    settingsApi.post('/api/signing-keys/rotate', {
      id: 'rotateSigningKeys',
      summary: 'Rotate the signing keys',
      note: 'A key that was already published signs immediately; a new key signs once JWKS caches and other replicas know it. The old key stays published until its last token has expired. The list is empty if another request has replaced the keys in the meantime.',
      body: rotationBody,
      response: { status: 200, schema: { type: 'array', items: replacementSchema } },
      async handle(call) {
        const { id: actorId, origin } = actorOf(call)
        const { algorithm: requestedAlgorithm, now: immediately } = call.body
        const replacements = await rotateKeys(pocket, {
          algorithm: requestedAlgorithm,
          immediately,
          by: actorId,
          origin,
        })
        return replacements.map((replacement) => ({
          ...replacement,
          signsFrom: new Date(replacement.signsFrom).toISOString(),
        }))
      },
    }),
  ]
}
