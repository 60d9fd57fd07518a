import { setTimeout as delay } from 'node:timers/promises'
import { InvalidArgumentError } from 'commander'
import type { AuditVerification } from '../../audit-log/audit-chain.ts'
import { type AddCommand, type CommandContext, CommandError } from '../command.ts'
import { openInstance } from '../open-instance.ts'
import { printResult, withExamples, withJson } from '../output.ts'
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
/** Milliseconds. An entry is visible when its transaction commits, after entries that are newer. */
const maxCommitTime = 10_000

const path = '/api/audit-logs/all'
const newestFirst = { 'sort[column]': 'createdAt', 'sort[direction]': 'desc' }
const oldestFirst = { 'sort[column]': 'createdAt', 'sort[direction]': 'asc' }

export const addAudit: AddCommand = (program, context) => {
  const parent = program.command('audit').description('read and verify the audit log; a server may be running')
  withExamples(parent, ['audit tail', 'audit tail --follow --json', 'audit verify'])
  withJson(
    parent
      .command('verify')
      .description(
        'verify that no entry was removed, added or changed since it was sealed, two hours after it was written',
      ),
  )
    .option('--expect <hash>', 'a hash that this command printed before; detects that the newest entries were removed')
    .action(async ({ expect, json }: JsonOption & { readonly expect?: string }) => {
      const result = await verify(context, expect)
      printResult(result, { json: json === true }, { print: context.print, linesOf: verificationLines })
      if (result.broken.length > 0) throw new CommandError('The audit log was changed.')
      if (!result.isExpectedFound) throw new CommandError('No batch has the expected hash.')
    })
  withJson(
    parent
      .command('tail')
      .description('print the newest entries of the audit log, oldest first; with --json one object a line'),
  )
    .option('-n, --lines <number>', `number of entries, at most ${maxLines}`, parseLines, 20)
    .option('-f, --follow', 'keep printing new entries until stopped')
    .action(({ lines, follow, json }: TailOptions) =>
      withApi(context, async (api) => {
        const printed = new Map<unknown, number>()
        let start = Number.NEGATIVE_INFINITY
        const printNew = (entries: readonly Item[]) => {
          for (const entry of entries) {
            const at = Date.parse(String(entry.createdAt))
            if (printed.has(entry.id) || at < start) continue
            printed.set(entry.id, at)
            context.print(json ? JSON.stringify(entry) : line(entry))
          }
        }
        printNew((await newest(api, lines)).toReversed())
        // Entries older than those of `--lines` are never printed.
        if (printed.size > 0) start = Math.min(...printed.values())
        let from = nextStart(printed)
        while (follow && !context.stop.aborted) {
          // The only error is the abort, which ends the loop.
          await delay(followInterval, undefined, { signal: context.stop }).catch(() => undefined)
          if (context.stop.aborted) break
          printNew(await api.listAll(path, { ...oldestFirst, from: new Date(from).toISOString() }))
          from = Math.max(from, nextStart(printed))
          for (const [id, at] of printed) if (at < from) printed.delete(id)
        }
      }),
    )
}

async function verify(context: CommandContext, expected: string | undefined): Promise<AuditVerification> {
  await using instance = await openInstance(context)
  return await instance.verifyAuditLog(expected)
}

function verificationLines({ batches, entries, head, broken }: AuditVerification): readonly string[] {
  return [
    ...broken.map(({ number, from, to, problem }) => `batch ${number}, ${from} to ${to}: ${problem.replace('_', ' ')}`),
    `${entries} entries in ${batches} batches; the newest hash is ${head ?? 'none yet'}`,
  ]
}

async function newest(api: Api, count: number): Promise<readonly Item[]> {
  const query = new URLSearchParams({ 'pagination[limit]': String(count), ...newestFirst })
  const { data } = await api.call<{ readonly data: readonly Item[] }>({ method: 'GET', path: `${path}?${query}` })
  return data
}

/** The time from which entries are read again: of the latest printed entry, or now if there is none. */
function nextStart(printed: ReadonlyMap<unknown, number>): number {
  const latest = printed.size === 0 ? Date.now() : Math.max(...printed.values())
  return latest - maxCommitTime
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
