import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { emptyResource } from '@opentelemetry/resources'
import { type MetricData, type MetricProducer, MetricReader } from '@opentelemetry/sdk-metrics'
import { cumulative, sumMetrics } from './sum-metrics.ts'

const request = 'pocket:collect-metrics'
/** Milliseconds; a process that does not respond counts with its last metrics. */
const maxWait = 2000

interface Reply {
  readonly pocketMetrics: MetricData[]
}

/** Sends the metrics of this process to the primary process on demand, and when it stops. */
export class WorkerMetricReader extends MetricReader {
  readonly #answer = (message: unknown) => {
    if (message === request) void this.#send()
  }

  constructor() {
    super()
    process.on('message', this.#answer)
  }

  async #send(): Promise<void> {
    const { resourceMetrics } = await this.collect()
    const reply: Reply = { pocketMetrics: resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics) }
    // The primary process may have ended.
    if (!process.connected) return
    const { promise, resolve } = Promise.withResolvers<void>()
    process.send?.(reply, () => resolve())
    await promise
  }

  protected async onForceFlush(): Promise<void> {}

  protected async onShutdown(): Promise<void> {
    process.off('message', this.#answer)
    await this.#send()
  }
}

/** The sums of all processes of this machine, for the exporter of the primary process. */
export function workersProducer(): MetricProducer & Disposable {
  const latest = new Map<number, readonly MetricData[]>()
  let ended: readonly MetricData[] = []
  const onReply = (worker: Worker, message: unknown) => {
    if (isReply(message)) latest.set(worker.id, message.pocketMetrics)
  }
  // After the last message of the process, which its exit can precede.
  const onDisconnect = ({ id }: Worker) => {
    ended = sumMetrics([ended, cumulative(latest.get(id) ?? [])])
    latest.delete(id)
  }
  cluster.on('message', onReply)
  cluster.on('disconnect', onDisconnect)

  const ask = async (worker: Worker) => {
    const end = new AbortController()
    const signal = AbortSignal.any([end.signal, AbortSignal.timeout(maxWait)])
    worker.send(request, (error) => error && end.abort())
    await Promise.race([once(worker, 'message', { signal }), once(worker, 'disconnect', { signal })]).catch(
      () => undefined,
    )
    // Removes the listeners.
    end.abort()
  }
  return {
    async collect() {
      const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker?.isConnected())
      await Promise.all(workers.map((worker) => worker && ask(worker)))
      const metrics = sumMetrics([ended, ...latest.values()])
      return {
        resourceMetrics: { resource: emptyResource(), scopeMetrics: [{ scope: { name: 'pocket' }, metrics }] },
        errors: [],
      }
    },
    [Symbol.dispose]() {
      cluster.off('message', onReply)
      cluster.off('disconnect', onDisconnect)
    },
  }
}

function isReply(message: unknown): message is Reply {
  return typeof message === 'object' && message !== null && 'pocketMetrics' in message
}
