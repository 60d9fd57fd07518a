import { Readable } from 'node:stream'
import { requestContext } from '@pocket/core'
import { type Operation, operation } from '../http/api/operation.ts'
import type { OwnData } from './own-data.ts'

export const dataFile = 'attachment; filename="my-data.json"'

/** `/api/users/me/data`: all that is kept of oneself, as one file. */
export function ownDataOperations(ownData: OwnData): readonly Operation[] {
  return [
    operation({
      id: 'downloadOwnData',
      method: 'get',
      path: '/api/users/me/data',
      summary: 'Take all that is kept of you away, as one JSON file without secrets',
      note: 'The file is read as fast as it is taken. API keys are refused, since it holds more than the scopes of one.',
      area: 'account',
      access: 'user',
      apiKey: false,
      answer: { status: 200, types: ['application/json'] },
      async handle({ user, ctx }) {
        const pieces = await ownData.take(user, requestContext(ctx.req))
        ctx.set('Content-Disposition', dataFile)
        ctx.body = Readable.from(pieces)
        ctx.type = 'application/json; charset=utf-8'
      },
    }),
  ]
}
