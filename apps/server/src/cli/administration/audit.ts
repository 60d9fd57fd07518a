import { setTimeout as delay } from 'node:timers/promises'
import { InvalidArgumentError } from 'commander'
import type { AddCommand } from '../command.ts'
import { withExamples, withJson } from '../output.ts'
import { type Api, type Item, withApi } from './api.ts'
import type { JsonOption } from './resource.ts'
import { cell } from './table.ts'

interface TailOptions extends JsonOption {
  readonly lines: number
  readonly follow?: boolean
}

/** Milliseconds between two reads of the audit log. */
const followInterval = 1000
const maxLines = 100

/** Prints the audit log. */
export const addAudit: AddCommand = (program, context) => {
  const parent = program.command('audit').description('read the audit log; a server may be running')
  withExamples(parent, ['audit tail', 'audit tail --follow --json'])
  withJson(
    parent
      .command('tail')
      .description('print the newest entries of the audit log, oldest first; with --json one object a line'),
  )
    .option('-n, --lines <number>', `number of entries, at most ${maxLines}`, parseLines, 20)
    .option('-f, --follow', 'go on with new entries until the program is stopped')
    .action(({ lines, follow, json }: TailOptions) =>
      withApi(context, async (api) => {
        const printed = new Set<unknown>()
        const printNew = (entries: readonly Item[]) => {
          for (const entry of entries.toReversed()) {
            if (printed.has(entry.id)) continue
            printed.add(entry.id)
            context.print(json ? JSON.stringify(entry) : line(entry))
          }
        }
        printNew(await newest(api, lines))
        while (follow && !context.stop.aborted) {
          await delay(followInterval, undefined, { signal: context.stop }).catch(() => undefined)
          if (!context.stop.aborted) printNew(await newest(api, maxLines))
        }
      }),
    )
}

async function newest(api: Api, count: number): Promise<readonly Item[]> {
  const query = new URLSearchParams({
    'pagination[limit]': String(count),
    'sort[column]': 'createdAt',
    'sort[direction]': 'desc',
  })
  const { data } = await api.call<{ readonly data: readonly Item[] }>({
    method: 'GET',
    path: `/api/audit-logs/all?${query}`,
  })
  return data
}

function line({ createdAt, event, username, actorUsername, ipAddress, data }: Item): string {
  const details = Object.entries((data ?? {}) as Item).map(([key, value]) => `${key}=${cell(value)}`)
  return [createdAt, event, username, actorUsername && `by ${cell(actorUsername)}`, ipAddress, ...details]
    .filter((part) => part !== '' && part !== null && part !== undefined)
    .map(cell)
    .join('  ')
}

function parseLines(text: string): number {
  const lines = Number(text)
  if (Number.isInteger(lines) && lines >= 1 && lines <= maxLines) return lines
  throw new InvalidArgumentError(`a number from 1 to ${maxLines}`)
}
