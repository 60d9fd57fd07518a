import { Readable } from 'node:stream'
import { requestContext } from '@pocket/core'
import { type Operation, operation } from '../http/api/operation.ts'
import { instant, named } from '../http/api/schema.ts'
import { passkeySchema, userSchema } from '../users/user-dto.ts'
import type { OwnData } from './own-data.ts'

export const dataFile = 'attachment; filename="my-data.json"'

const objects = { type: 'array', items: { type: 'object' } } as const
const dataSchema = named('OwnDataDto', {
  type: 'object',
  required: [
    'exportedAt',
    'account',
    'passkeys',
    'sessions',
    'favouriteApplications',
    'allowedApplications',
    'apiKeys',
    'auditLog',
  ],
  properties: {
    exportedAt: instant,
    account: userSchema,
    passkeys: { type: 'array', items: passkeySchema },
    sessions: objects,
    favouriteApplications: { type: 'array', items: { type: 'string' }, description: 'Ids of clients.' },
    allowedApplications: objects,
    apiKeys: { ...objects, description: 'Without the keys themselves.' },
    auditLog: { ...objects, description: 'As the export of the audit log has it, the newest first.' },
  },
})

/** `/api/users/me/data`: exports all data of the user as one file. */
export function ownDataOperations(ownData: OwnData): readonly Operation[] {
  return [
    operation({
      id: 'downloadOwnData',
      method: 'get',
      path: '/api/users/me/data',
      summary: 'Take all that is kept of you away, as one JSON file without secrets',
      note: 'The file is read as fast as it is taken. API keys are refused, since it holds more than the scopes of one.',
      area: 'account',
      answer: { status: 200, schema: dataSchema },
      async handle({ user, ctx }) {
        const pieces = await ownData.take(user, requestContext(ctx.req))
        ctx.set('Content-Disposition', dataFile)
        ctx.type = 'application/json; charset=utf-8'
        return Readable.from(pieces)
      },
    }),
  ]
}
