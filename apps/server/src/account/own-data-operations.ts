import { Readable } from 'node:stream'
import { requestContext } from '@pocket/core'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { count, flag, instant, namedObject, nullableInstant, objectOf } from '../http/api/schema.ts'
import { passkeySchema, userSchema } from '../users/user-dto.ts'
import type { OwnData } from './own-data.ts'

const accountApi = operationsIn('account')

export const dataFile = 'attachment; filename="my-data.json"'

const objectArray = { type: 'array', items: { type: 'object' } } as const
const dataSchema = namedObject('OwnDataDto', {
  exportedAt: instant,
  account: userSchema,
  passkeys: { type: 'array', items: passkeySchema },
  sessions: objectArray,
  recovery: {
    ...objectOf({
      unusedCodes: count,
      hasBreakGlassCode: flag,
      lastUsedAt: { ...nullableInstant, description: 'The last use of a recovery code.' },
      requestedFor: {
        ...nullableInstant,
        description:
          'When the code of the last recovery by e-mail is or was due. `null` if there is none, or it was stopped.',
      },
    }),
    description: 'Without the codes.',
  },
  favoriteApplications: { type: 'array', items: { type: 'string' }, description: 'IDs of clients.' },
  allowedApplications: objectArray,
  apiKeys: { ...objectArray, description: 'Without the tokens.' },
  auditLog: { ...objectArray, description: 'The same fields as in the audit log export, newest first.' },
})

export function ownDataOperations(ownData: OwnData): readonly Operation[] {
  return [
    accountApi.get('/api/users/me/data', {
      id: 'downloadOwnData',
      summary: 'Export all your data as one JSON file without secrets',
      note: 'The file is streamed. API keys are rejected because the file contains more than any scope allows.',
      response: { status: 200, schema: dataSchema },
      async handle({ user, ctx }) {
        const chunks = await ownData.exportJson(user, requestContext(ctx.req))
        ctx.set('Content-Disposition', dataFile)
        ctx.type = 'application/json; charset=utf-8'
        return Readable.from(chunks)
      },
    }),
  ]
}
