import type { Pocket } from '@pocket/core'
import { signingAlgorithms } from '@pocket/core/internal'
import { actorOf } from '../access/actor.ts'
import { type Operation, operation } from '../http/api/operation.ts'
import { instant, named } from '../http/api/schema.ts'
import { rotateKeys } from './rotation.ts'

const algorithm = { type: 'string', enum: signingAlgorithms } as const

const keySchema = named('SigningKeyDto', {
  type: 'object',
  required: ['kid', 'algorithm', 'status', 'since', 'until'],
  properties: {
    kid: { type: 'string' },
    algorithm,
    status: { type: 'string', enum: ['current', 'next', 'previous'] },
    since: instant,
    until: {
      ...instant,
      description:
        'A `current` key stops signing then, a `next` one begins to, a `previous` one is no longer published.',
    },
  },
})

const replacementSchema = named('KeyReplacementDto', {
  type: 'object',
  required: ['algorithm', 'kid', 'signsFrom'],
  properties: { algorithm, kid: { type: 'string', description: 'The new key.' }, signsFrom: instant },
})

const rotationBody = {
  type: 'object',
  properties: {
    algorithm: { ...algorithm, description: 'Whose key is replaced; by default those of all algorithms.' },
    now: {
      type: 'boolean',
      description:
        'Whether the new key signs at once and the old ones are withdrawn: tokens that they signed are rejected.',
    },
  },
} as const

/** `/api/signing-keys`: the keys that sign tokens. */
export function signingKeyOperations(pocket: Pick<Pocket, 'replaceKeys' | 'signingKeys'>): readonly Operation[] {
  const shared = { area: 'settings' } as const
  return [
    operation({
      ...shared,
      id: 'listSigningKeys',
      method: 'get',
      path: '/api/signing-keys',
      summary: 'List the published signing keys',
      answer: { status: 200, schema: { type: 'array', items: keySchema } },
      handle: async () =>
        (await pocket.signingKeys()).map(({ since, until, ...key }) => ({
          ...key,
          since: new Date(since).toISOString(),
          until: new Date(until).toISOString(),
        })),
    }),
    operation({
      ...shared,
      id: 'rotateSigningKeys',
      method: 'post',
      path: '/api/signing-keys/rotate',
      summary: 'Replace the keys that sign',
      note: 'An announced key signs at once. One that was published just now signs as soon as caches of the JWKS and other processes know it. The old key stays published until its last token has expired. The list is empty where another request replaced the keys meanwhile.',
      body: rotationBody,
      answer: { status: 200, schema: { type: 'array', items: replacementSchema } },
      async handle(call) {
        const { id: by, origin } = actorOf(call)
        const { algorithm: chosen, now: immediately } = call.body
        const replacements = await rotateKeys(pocket, { algorithm: chosen, immediately, by, origin })
        return replacements.map((replacement) => ({
          ...replacement,
          signsFrom: new Date(replacement.signsFrom).toISOString(),
        }))
      },
    }),
  ]
}
