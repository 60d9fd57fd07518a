import { type Operation, operation } from '../http/api/operation.ts'
import { named } from '../http/api/schema.ts'
import type { MessagesFor } from '../http/messages-for.ts'
import { resultKinds } from './page-model.ts'
import { maxQueryLength, type Search } from './search.ts'

export interface SearchOperationPorts {
  readonly search: Search
  readonly messagesFor: MessagesFor
}

const resultSchema = named('SearchResultDto', {
  type: 'object',
  required: ['kind', 'kindName', 'name', 'detail', 'href'],
  properties: {
    kind: { type: 'string', enum: [...resultKinds] },
    kindName: { type: 'string', description: 'What the kind is called, in the language of whoever asks.' },
    name: { type: 'string' },
    detail: { type: 'string', description: 'What tells it from others of the same name.' },
    href: { type: 'string', description: 'A path of this server, or the address of an application.' },
  },
})

/** `/api/search`: the results of the command palette. */
export function searchOperations({ search, messagesFor }: SearchOperationPorts): readonly Operation[] {
  return [
    operation({
      id: 'search',
      method: 'get',
      path: '/api/search',
      summary: 'Find pages, applications, users, groups and clients by their names',
      note: 'Users, groups and clients are found by administrators only; at most five of each kind.',
      area: 'account',
      query: {
        query: {
          type: 'string',
          maxLength: maxQueryLength,
          description: 'A part of a name, whatever the case of its letters.',
        },
      },
      answer: {
        status: 200,
        schema: named('SearchDto', {
          type: 'object',
          required: ['results', 'summary'],
          properties: {
            results: { type: 'array', items: resultSchema },
            summary: { type: 'string', description: 'How many there are, in words.' },
          },
        }),
      },
      async handle({ user, query, ctx }) {
        const messages = messagesFor(ctx.req, user)
        const results = await search(user, String([query.query ?? ''].flat()[0]), messages)
        ctx.set('Cache-Control', 'no-store')
        return {
          results: results.map((result) => ({ ...result, kindName: messages.text(`search.kinds.${result.kind}`) })),
          summary: messages.plural('search.found', { count: results.length }),
        }
      },
    }),
  ]
}
