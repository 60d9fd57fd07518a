import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { listeningMessage } from '../http/listen.ts'
import type { Logger } from '../logging/logger.ts'
import { CommandError } from './command.ts'

const shareMessage = 'share'

/** Tells the primary process that others may serve too. */
export function shareWithOthers(): void {
  process.send?.(shareMessage)
}

/**
 * Runs the server in several processes that share its port. The first one migrates the database, and the others start when it
 * shares. A process that ends while it serves is replaced; if one cannot start, all stop.
 *
 * @throws {CommandError} if a process could not start
 */
export async function runProcesses(count: number, logger: Logger, stop: AbortSignal): Promise<void> {
  const failure = new AbortController()
  const stopping = AbortSignal.any([stop, failure.signal])
  const ends = new Set<Promise<unknown>>()
  const shared = Promise.withResolvers<void>()

  const start = async (): Promise<void> => {
    const worker = cluster.fork()
    const end = once(worker, 'exit').finally(() => ends.delete(end))
    ends.add(end)
    const listening = Promise.withResolvers<boolean>()
    worker.on('message', (message) => {
      if (message === listeningMessage) listening.resolve(true)
      if (message === shareMessage) shared.resolve()
    })
    if (!(await Promise.race([listening.promise, end.then(() => false)]))) {
      if (!stopping.aborted) failure.abort(new CommandError('A process of the server could not start.'))
      return
    }
    void end.then(() => {
      if (stopping.aborted) return
      logger.error({ pid: worker.process.pid }, 'A process of the server has ended; another one replaces it')
      return start()
    })
  }

  stopping.addEventListener('abort', () => shared.resolve(), { once: true })
  await start()
  if (!stopping.aborted) await shared.promise
  await Promise.all(Array.from({ length: stopping.aborted ? 0 : count - 1 }, start))
  if (!stopping.aborted) {
    logger.info(`The server runs in ${count} processes`)
    await once(stopping, 'abort')
  }
  for (const worker of workers()) worker.process.kill('SIGTERM')
  while (ends.size > 0) await Promise.all(ends)
  failure.signal.throwIfAborted()
}

function workers(): readonly Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
}
