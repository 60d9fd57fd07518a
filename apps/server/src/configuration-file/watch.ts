import type { Clock } from '@pocket/core'
import { type Finding, findingOf } from '../diagnosis/finding.ts'
import { type Repeat, repeatByTimer } from '../jobs/repeat.ts'
import { messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import type { Configuration, Result } from './configuration.ts'
import type { ConfigurationFile } from './load.ts'
import { InvalidFileError } from './problem.ts'

/** Applies the file at start and when it changes. Disposing it ends the watch. */
export interface ConfigurationWatch extends AsyncDisposable {
  /** Applies the file and starts the watch; never rejects, because a server starts without a valid file. */
  start(): Promise<void>
  /** Finds differences without a change, for a process that does not serve. */
  inspect(): Promise<void>
  findings(): readonly Finding[]
  /** False if the file was invalid at start, until a valid one is applied. */
  isOperational(): boolean
}

export interface WatchDeps {
  /** The text of the file. @throws {InvalidFileError} */
  readonly read: () => string
  /** Parses this text of the file. @throws {InvalidFileError} */
  readonly load: (text: string) => ConfigurationFile
  readonly configuration: Pick<Configuration, 'apply' | 'compare'>
  readonly logger: Logger
  readonly clock: Clock
  readonly repeat?: Repeat
}

/** Milliseconds. The file is read, because a ConfigMap replaces a symbolic link in a folder above it. */
const pollInterval = 2000
/** An unchanged file is compared, a failed one applied again, and the files that it refers to are read, at this interval. */
const interval = 30_000
const page = '/settings/admin/audit-log/all?filters[actor]=configuration'

export function createConfigurationWatch({
  read,
  load,
  configuration,
  logger,
  clock,
  repeat = repeatByTimer,
}: WatchDeps): ConfigurationWatch {
  let findings: readonly Finding[] = []
  let operational = true
  let attempted: string | undefined
  let isStarted = false
  let readBefore: string | undefined
  let checkedText: string | undefined
  let checkedAt = Number.NEGATIVE_INFINITY
  let hasFailed = false
  let lastFailure: string | null = null
  let timer: Disposable | undefined
  let running: Promise<void> | undefined

  const report = (error: unknown) => {
    const finding = findingOfFailure(error)
    const { about } = finding
    findings = [finding]
    if (about !== lastFailure) logger.error({ reason: messageOf(error) }, 'The configuration file was not applied')
    lastFailure = about
  }
  const accept = ({ outcome, changes }: Result) => {
    hasFailed = false
    lastFailure = null
    if (outcome === 'outdated') findings = [findingOf('configurationOutdated', page, { severity: 'soon' })]
    else if (outcome === 'replaced') findings = [findingOf('configurationReplaced', page, { severity: 'soon' })]
    else if (outcome === 'conflict') findings = [findingOf('configurationConflict', page)]
    else if (changes.length > 0)
      findings = [findingOf('configurationDrifted', page, { severity: 'soon', count: changes.length })]
    else findings = []
  }
  const apply = async (file: ConfigurationFile) => {
    const result = await configuration.apply(file)
    accept({ ...result, changes: [] })
    operational = true
    if (result.outcome === 'current')
      logger.info({ changes: result.changes.length }, 'The configuration file was applied')
    else logger.warn({ outcome: result.outcome }, 'The configuration file was not applied')
  }
  const inspect = async () => {
    try {
      accept(await configuration.compare(load(read())))
    } catch (error) {
      findings = [findingOfFailure(error)]
    }
  }
  const checkFile = async () => {
    const text = read()
    // A file that is still being written may be valid YAML too.
    const isChanging = isStarted && text !== readBefore
    readBefore = text
    if (isChanging) return
    const age = clock.now() - checkedAt
    if (text === checkedText && age >= 0 && age < interval) return
    checkedText = text
    checkedAt = clock.now()
    const file = load(text)
    const isNew = file.digest !== attempted
    attempted = file.digest
    // They remain until the file changes.
    if (!isNew && hasFailed && file.problems.length > 0) return
    if (isNew || hasFailed) return apply(file)
    const result = await configuration.compare(file).catch(report)
    // A failed comparison does not mean that the file has to be applied again.
    if (!result) return
    // Two servers with different files would otherwise revert each other’s changes endlessly.
    if (result.outcome === 'replaced' && findings[0]?.name !== 'configurationReplaced')
      logger.warn(
        { outcome: result.outcome },
        'Another configuration file was applied; this one applies when it changes',
      )
    if (file.content.enforce && result.outcome === 'current' && result.changes.length > 0) return apply(file)
    accept(result)
  }
  const check = async () => {
    try {
      await checkFile()
    } catch (error) {
      hasFailed = true
      report(error)
    }
  }
  const checkOnce = () => {
    running ??= check().finally(() => {
      running = undefined
    })
    return running
  }
  return {
    async start() {
      await checkOnce()
      isStarted = true
      operational = !hasFailed
      timer = repeat(pollInterval, checkOnce)
    },
    inspect,
    findings: () => findings,
    isOperational: () => operational,
    async [Symbol.asyncDispose]() {
      timer?.[Symbol.dispose]()
      await running
    },
  }
}

function findingOfFailure(error: unknown): Finding {
  const isInvalid = error instanceof InvalidFileError
  const [problem] = isInvalid ? error.problems : []
  const about = problem ? `${problem.line}:${problem.column} ${problem.field} ${problem.message}` : messageOf(error)
  return findingOf(isInvalid ? 'configurationInvalid' : 'configurationFailed', page, { about })
}
