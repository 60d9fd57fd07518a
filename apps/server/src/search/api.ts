import { type Operation, operationsIn } from '../http/api/operation.ts'
import { namedObject } from '../http/api/schema.ts'
import type { MessagesFor } from '../http/messages-for.ts'
import { resultKinds } from './page-model.ts'
import { maxQueryLength, type Search } from './search.ts'

const accountApi = operationsIn('account')

const resultSchema = namedObject('SearchResultDto', {
  kind: { type: 'string', enum: [...resultKinds] },
  kindName: { type: 'string', description: "The name of the kind in the user's language." },
  name: { type: 'string' },
  detail: { type: 'string', description: 'Distinguishes results with the same name.' },
  href: { type: 'string', description: 'A path on this server, or the URL of an application.' },
})

export function searchOperations(search: Search, messagesFor: MessagesFor): readonly Operation[] {
  return [
    accountApi.get('/api/search', {
      id: 'search',
      summary: 'Search for pages, settings, applications, users, groups and clients by name, and clients by host',
      note: 'Only administrators find settings, users, groups and clients. Pages and settings are also found by everyday words, and settings by their variable. Returns at most five results of each kind.',
      query: {
        query: {
          type: 'string',
          maxLength: maxQueryLength,
          description: 'Part of a name, case-insensitive.',
        },
      },
      response: {
        status: 200,
        schema: namedObject('SearchDto', {
          results: { type: 'array', items: resultSchema },
          summary: { type: 'string', description: 'The number of results as text.' },
        }),
      },
      async handle({ user, query, ctx }) {
        const messages = messagesFor(ctx.req, user)
        const results = await search(user, String([query.query ?? ''].flat()[0]), messages)
        return {
          results: results.map((result) => ({ ...result, kindName: messages.text(`kinds.${result.kind}`) })),
          summary: messages.counted('search.results', results.length),
        }
      },
    }),
  ]
}
