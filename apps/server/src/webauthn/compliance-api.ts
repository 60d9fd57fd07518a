import type { PasskeyPolicy } from '@pocket/core'
import { InvalidInputError } from '@pocket/core/errors'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { namedObject, objectWith } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import { definitions } from '../settings/definitions.ts'
import { parseText } from '../settings/setting.ts'
import { checkCompliance } from './compliance.ts'
import type { PasskeyServices } from './deps.ts'

const settingsApi = operationsIn('settings')

const count = { type: 'integer' } as const
const problems = ['unverified', 'synced', 'attachment', 'model_not_allowed', 'model_denied', 'not_attested'] as const

const complianceSchema = namedObject('PasskeyComplianceDto', {
  passkeys: count,
  nonCompliant: { ...count, description: 'The number of passkeys that do not comply with the policy.' },
  newlyNonCompliant: { ...count, description: 'The number of these that comply with the current policy.' },
  problems: objectWith([...problems], Object.fromEntries(problems.map((problem) => [problem, count]))),
  users: { ...count, description: 'The number of users with non-compliant passkeys.' },
  usersWithoutCompliant: {
    type: 'array',
    items: { type: 'string', format: 'uuid' },
    description: 'The users who have no compliant passkey.',
  },
})

export function complianceOperations({ pocket, passkeyPolicy }: Deps & PasskeyServices): readonly Operation[] {
  return [
    settingsApi.get('/api/passkeys/compliance', {
      id: 'readPasskeyCompliance',
      summary: 'Count the passkeys that do not comply with the current policy or a proposed one',
      note: '`passkeyNonCompliance` in `/api/settings` determines how they are treated.',
      query: {
        userVerification: { type: 'string', enum: ['required', 'preferred'] },
        allowSynced: { type: 'string', enum: ['true', 'false'] },
        attachment: { type: 'string', enum: ['any', 'platform', 'cross-platform'] },
        attestation: { type: 'string', enum: ['none', 'required'] },
        allowedModels: { type: 'string', description: 'Comma-separated AAGUIDs.' },
        deniedModels: { type: 'string', description: 'Comma-separated AAGUIDs.' },
      },
      response: { status: 200, schema: complianceSchema },
      async handle({ query }) {
        const policy = await passkeyPolicy()
        return checkCompliance(
          { ...policy, ...policyFromQuery(query) },
          (afterId, limit) => pocket.passkeys.page(afterId, limit),
          policy,
        )
      },
    }),
  ]
}

type Query = Readonly<Record<string, string | readonly string[] | undefined>>

/** @throws {InvalidInputError} `validation_failed` */
function policyFromQuery(query: Query): Partial<PasskeyPolicy> {
  const userVerification = parseChoice(query, 'userVerification', ['required', 'preferred'])
  const synced = parseChoice(query, 'allowSynced', ['true', 'false'])
  const attachment = parseChoice(query, 'attachment', ['any', 'platform', 'cross-platform'])
  const attestation = parseChoice(query, 'attestation', ['none', 'required'])
  const allowedModels = parseModels(query, 'allowedModels')
  const deniedModels = parseModels(query, 'deniedModels')
  return {
    ...(userVerification && { userVerification }),
    ...(synced && { allowSynced: synced === 'true' }),
    ...(attachment && { attachment }),
    ...(attestation && { attestation }),
    ...(allowedModels && { allowedModels }),
    ...(deniedModels && { deniedModels }),
  }
}

function parseChoice<const Choice extends string>(
  query: Query,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = query[name]
  if (value === undefined) return undefined
  const match = choices.find((choice) => choice === value)
  if (match === undefined) throw invalidField(name, `must be one of ${choices.join(', ')}`)
  return match
}

function parseModels(query: Query, name: string): readonly string[] | undefined {
  const value = query[name]
  if (value === undefined) return undefined
  const result = parseText(definitions.passkeyAllowedModels, [value].flat().join(','))
  if ('value' in result) return result.value
  throw invalidField(name, result.fault.message)
}

function invalidField(field: string, message: string): InvalidInputError {
  return new InvalidInputError('validation_failed', `${field} ${message}`, {
    fields: [{ field, code: 'invalid_format', message }],
  })
}
