import { join } from 'node:path'
import { ConfigurationError } from '@pocket/core/errors'
import type { Config } from '../composition/config.ts'
import { packageFolder } from '../config/package-folder.ts'
import { type CheckName, checkNames, checkOfFinding, type Finding, findingOf } from '../diagnosis/finding.ts'
import { type AddCommand, type CommandContext, CommandError } from './command.ts'
import { quietConfig, requireDatabase } from './open-instance.ts'
import { printResult, withExamples, withJson } from './output.ts'

interface CheckResult {
  readonly check: CheckName
  readonly outcome: 'ok' | 'warning' | 'failed' | 'skipped'
  readonly findings: readonly {
    readonly name: string
    readonly severity: Finding['severity']
    readonly message: string
    readonly remedy: string
  }[]
}

/** Milliseconds. */
const maxWait = 5000

export const addDoctor: AddCommand = (program, context) => {
  const command = program
    .command('doctor')
    .description('check the instance, its public URL and the services that it uses; a server may be running')
    .action(async (options: { readonly json?: boolean }) => {
      const checks = await resultsOf(await diagnose(context), context.readConfig().appUrl)
      printResult({ checks }, options, { print: context.print, linesOf: () => checks.flatMap(linesOf) })
      const failed = checks.filter(({ outcome }) => outcome === 'failed')
      if (failed.length > 0) throw new CommandError(`Failed: ${failed.map(({ check }) => check).join(', ')}.`)
    })
  withExamples(withJson(command), ['doctor', 'doctor --json'])
}

async function diagnose(context: CommandContext): Promise<readonly Finding[]> {
  const config = { ...quietConfig(context.readConfig()), migrates: false }
  try {
    requireDatabase(config)
    // A server waits longer for its database.
    const stop = AbortSignal.any([context.stop, AbortSignal.timeout(maxWait)])
    await using instance = await context.createApp(config, context.createLogger(config), stop)
    return await instance.diagnose()
  } catch (error) {
    if (context.stop.aborted) throw error
    return await diagnoseWithoutDatabase(config, error)
  }
}

async function diagnoseWithoutDatabase({ appUrl }: Config, error: unknown): Promise<readonly Finding[]> {
  const isTimeout = error instanceof Error && error.name === 'AbortError'
  if (!isTimeout && !(error instanceof ConfigurationError)) throw error
  const { checkPublicAddress } = await import('../diagnosis/public-address.ts')
  const { findings } = await checkPublicAddress(appUrl, Date.now(), AbortSignal.timeout(maxWait))
  if (error instanceof ConfigurationError && error.name === 'MissingMigrationsError')
    return [findingOf('migrationsMissing', '#server'), ...findings]
  const about = isTimeout ? 'no response in time' : error.message.replace(/\.$/, '')
  return [findingOf('databaseUnusable', '#server', { about }), ...findings]
}

async function resultsOf(findings: readonly Finding[], appUrl: string): Promise<readonly CheckResult[]> {
  // Loaded here, because every command loads this file.
  const { loadMessages } = await import('../http/messages.ts')
  const messages = await loadMessages(join(packageFolder, 'locales', 'en.json'))
  const describe = ({ name, about, count, severity, href }: Finding) => {
    const key = `overview.findings.${name}`
    const message =
      about === null ? messages.text(`${key}.title`, { count }) : messages.text(`${key}.title`, { name: about, count })
    const page = new URL(href, `${appUrl}/settings/admin`)
    return {
      name,
      severity,
      message,
      remedy: messages.has(`${key}.text`) ? messages.text(`${key}.text`) : `See ${page}.`,
    }
  }
  return checkNames.map((check) => {
    const own = findings.filter(({ name }) => checkOfFinding[name] === check)
    const outcome = own.some(({ severity }) => severity === 'bad')
      ? 'failed'
      : own.length > 0
        ? 'warning'
        : isSkipped(check, findings)
          ? 'skipped'
          : 'ok'
    return { check, outcome, findings: own.map(describe) }
  })
}

/** Whether other problems prevented the check. */
function isSkipped(check: CheckName, findings: readonly Finding[]): boolean {
  const has = (...checks: readonly CheckName[]) => findings.some(({ name }) => checks.includes(checkOfFinding[name]))
  if (check === 'certificate')
    return has('address') && !findings.some(({ name }) => name === 'issuerDiffers' || name === 'addressOfOther')
  if (check === 'proxy' && (has('address') || findings.some(({ name }) => name === 'certificateUntrusted'))) return true
  if (findings.some(({ name }) => name === 'migrationsMissing')) return check !== 'address' && check !== 'database'
  return findings.some(({ name }) => name === 'databaseUnusable') && check !== 'address'
}

function linesOf({ check, outcome, findings }: CheckResult): readonly string[] {
  const start = `${outcome.padEnd(8)} ${check.padEnd(14)}`
  if (findings.length === 0) return [start.trimEnd()]
  return findings.map(({ message, remedy }) => `${start} ${message}. ${remedy}`)
}
