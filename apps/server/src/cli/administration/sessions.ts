import { type AddCommand, UsageError } from '../command.ts'
import { printResult, withExamples, withJson } from '../output.ts'
import { type Item, pathSegment, withApi } from './api.ts'
import { find, itemPath, type JsonOption } from './resource.ts'
import { users } from './resources.ts'
import { tableLines } from './table.ts'

export const addSessions: AddCommand = (program, context) => {
  const parent = program.command('sessions').description('list and end sessions; a server may be running')
  withExamples(parent, ['sessions list ada', 'sessions end ada --all'])

  withJson(
    parent.command('list').description('list the sessions of a user').argument('<user>', 'ID, username or email'),
  ).action(async (name: string, options: JsonOption) => {
    const sessions = await withApi(context, async (api) =>
      api.call<readonly Item[]>({ method: 'GET', path: `${itemPath(users, await find(api, users, name))}/sessions` }),
    )
    printResult(sessions, options, {
      print: context.print,
      linesOf: () =>
        tableLines(
          ['DEVICE', 'IP ADDRESS', 'STARTED', 'LAST USE', 'ID'],
          sessions.map(({ device, ipAddress, startedAt, lastUsedAt, id }) => [
            device,
            ipAddress,
            startedAt,
            lastUsedAt,
            id,
          ]),
        ),
    })
  })

  parent
    .command('end')
    .description('end one session of a user, or all')
    .argument('<user>', 'ID, username or email')
    .argument('[session]', 'ID of the session')
    .option('--all', 'end all sessions')
    .action(async (name: string, session: string | undefined, { all }: { readonly all?: boolean }) => {
      if ((session === undefined) !== (all === true)) throw new UsageError('name one session, or use --all')
      await withApi(context, async (api) => {
        const path = `${itemPath(users, await find(api, users, name))}/sessions`
        await api.call({ method: 'DELETE', path: session === undefined ? path : `${path}/${pathSegment(session)}` })
      })
    })
}
