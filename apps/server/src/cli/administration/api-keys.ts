import type { AddCommand } from '../command.ts'
import { requireConfirmation } from '../confirm.ts'
import { printResult, withExamples, withJson } from '../output.ts'
import { type Api, type Item, pathSegment, withApi } from './api.ts'
import { find, type JsonOption } from './resource.ts'
import { users } from './resources.ts'
import { tableLines } from './table.ts'

interface NewKeyOptions extends JsonOption {
  readonly name: string
  readonly expires: string
  readonly scope?: readonly string[]
}

const path = '/api/api-keys'

export const addApiKeys: AddCommand = (program, context) => {
  const parent = program.command('api-keys').description('administer API keys; a server may be running')
  withExamples(parent, [
    'api-keys list ada',
    'api-keys create ada --name Deployment --expires 2027-01-01',
    'api-keys delete ada 01929f6e-6f4c-7d7d-8f0c-2f6f1d0b9a11',
  ])
  const forUser = (name: string, description: string) =>
    parent.command(name).description(description).argument('<user>', 'ID, username or email')
  const findUserId = async (api: Api, name: string) => String((await find(api, users, name)).id)

  withJson(forUser('list', 'list the API keys of a user')).action(async (name: string, options: JsonOption) => {
    const keys = await withApi(context, async (api) => api.listAll(path, {}, await findUserId(api, name)))
    printResult(keys, options, {
      print: context.print,
      linesOf: () =>
        tableLines(
          ['NAME', 'SCOPES', 'EXPIRES', 'LAST USE', 'ID'],
          keys.map(({ name: keyName, scopes, expiresAt, lastUsedAt, id }) => [
            keyName,
            scopes ?? 'all',
            expiresAt,
            lastUsedAt,
            id,
          ]),
        ),
    })
  })

  withJson(forUser('create', 'create an API key that acts as a user, and print it'))
    .requiredOption('--name <name>', 'what the key is for')
    .requiredOption('--expires <instant>', 'for example 2027-01-01')
    .option('--scope <scope...>', 'limit what the key may do, for example read:users')
    .action(async (user: string, { name, expires, scope, ...options }: NewKeyOptions) => {
      const body = { name, expiresAt: instantOf(expires), ...(scope && { scopes: scope }) }
      const created = await withApi(context, async (api) =>
        api.call<{ readonly token: string; readonly apiKey: Item }>({
          method: 'POST',
          path,
          body,
          onBehalfOf: await findUserId(api, user),
        }),
      )
      printResult(created, options, { print: context.print, linesOf: ({ token }) => [token] })
    })

  forUser('delete', 'delete an API key')
    .argument('<key>', 'ID')
    .option('-y, --yes', 'do not ask for confirmation')
    .action((user: string, id: string, options: { readonly yes?: boolean }) =>
      withApi(context, async (api) => {
        const onBehalfOf = await findUserId(api, user)
        await requireConfirmation(`Delete the API key ${id} of ${user}?`, options, context)
        await api.call({ method: 'DELETE', path: `${path}/${pathSegment(id)}`, onBehalfOf })
      }),
    )
}

/** A date is the start of that day in UTC; anything else is left to the API to validate. */
function instantOf(text: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text
}
