import cluster from 'node:cluster'
import { once } from 'node:events'
import { ConfigurationError } from '@pocket/core/errors'
import type { Config } from '../composition/config.ts'
import { codeOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import type { Telemetry } from '../telemetry/start.ts'
import type { CommandContext, Instance } from './command.ts'
import { pruneCompileCache } from './compile-cache.ts'
import { runProcesses, shareWithOthers } from './processes.ts'

/** Runs the server until it is asked to stop. */
export async function runServer(context: CommandContext): Promise<void> {
  const config = context.readConfig()
  const logger = context.createLogger(config)
  logger.info(`Starting Pocket ${context.version}`)
  if (cluster.isPrimary) {
    for (const warning of config.warnings) logger.warn(warning)
    await pruneCompileCache(context.version)
  }
  await using telemetry = await startTelemetryIfEnabled(config, context, logger)
  if (config.processes > 1 && cluster.isPrimary) {
    await runProcesses(config.processes, logger, context.stop)
    logger.info('Stopped')
    return
  }
  try {
    await using app = await context.createApp(config, logger, context.stop)
    telemetry?.measureWith(() => app.measure())
    if (!context.stop.aborted) await serve(app, config, context, logger.info.bind(logger))
    logger.info('Stopping')
  } catch (error) {
    if (!context.stop.aborted) throw error
    logger.info('Stopped during start-up')
    return
  }
  logger.info('Stopped')
}

/** Loads the libraries of telemetry only if it is on. */
async function startTelemetryIfEnabled(
  config: Config,
  { version }: CommandContext,
  logger: Logger,
): Promise<Telemetry | undefined> {
  const { telemetry: options, processes, trustProxy } = config
  if (options === undefined) return undefined
  const { startTelemetry } = await import('../telemetry/start.ts')
  return startTelemetry({ options, version, processes, trustProxy, logger })
}

async function serve(
  app: Instance,
  config: Config,
  { stop }: CommandContext,
  log: (line: string) => void,
): Promise<void> {
  const { url, setUp } = await app.listen().catch((error: unknown) => {
    throw explainListenError(error, config)
  })
  const address = config.systemdSocket ? 'the socket of systemd' : (config.unixSocket ?? `port ${config.port}`)
  log(`Listening on ${address}; the URL is ${url}`)
  if (setUp !== null) log(`No administrator exists yet. Create one at ${setUp.url}`)
  const { url: migrationUrl, token } = setUp?.migration ?? {}
  if (migrationUrl !== undefined) log(`To migrate from Pocket ID, enter the set-up token ${token} at ${migrationUrl}`)
  if (cluster.isWorker && migrationUrl !== undefined) log('The other processes start when there are users or clients')
  const end = AbortSignal.any([stop, app.lockLost])
  if (cluster.isWorker) app.canShare(end).then(shareWithOthers, () => undefined)
  if (!end.aborted) await once(end, 'abort')
  app.lockLost.throwIfAborted()
  // Ctrl-C in a terminal stops the server without draining.
  if (stop.reason?.message !== 'SIGTERM') return
  log('Draining connections')
  await app.drain()
}

function explainListenError(error: unknown, { host, port, unixSocket }: Config): unknown {
  const address = unixSocket ?? `port ${port} of ${host}`
  const code = codeOf(error)
  if (code === 'EADDRINUSE')
    return new ConfigurationError(`Another program is already listening on ${address}. Stop it, or set PORT.`, {
      cause: error,
    })
  if (code === 'EACCES')
    return new ConfigurationError(`This user must not listen on ${address}. Set PORT to a port above 1023.`, {
      cause: error,
    })
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new ConfigurationError(`This machine has no address ${host}. Set HOST to 0.0.0.0.`, { cause: error })
  return error
}
