import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Meter } from '@opentelemetry/api'
import { diagnostics } from '@pocket/core/internal'
import { auditEvents, jobRuns, requests } from './channels.ts'
import { type LabelsOf, type MetricName, metricDefinitions } from './metric-definitions.ts'
import { type OutgoingRequest, observeOutgoingRequests } from './outgoing-requests.ts'
import { routeOf } from './route-of.ts'
import { onEnd, onMessage } from './subscriptions.ts'

export interface Measurements {
  /** `undefined` on SQLite. */
  readonly pool: { readonly used: number; readonly idle: number; readonly waiting: number } | undefined
  /** Number of e-mails by state: `waiting` and `failed`. */
  readonly emails: Readonly<Record<string, number>>
}

export type Measure = () => Promise<Measurements>

export interface MetricsOptions {
  readonly meter: Meter
  readonly version: string
  /** `undefined` until the instance has started. */
  readonly measure: () => Measure | undefined
  /** Prometheus expects the unit in the name. */
  readonly unitInName: boolean
}

/** Seconds; OpenTelemetry's advice for HTTP durations. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
/** The labels of a metric stay bounded however many clients and remote hosts there are. */
const maxClients = 100
const maxHosts = 50
/** Milliseconds that a collection waits for the database. */
const maxWait = 1000

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const grantTypes: ReadonlySet<string> = new Set([
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'implicit',
  'urn:ietf:params:oauth:grant-type:device_code',
])

/** Records the messages of the channels; disposing the stack ends it. */
export function recordMetrics({ meter, version, measure, unitInName }: MetricsOptions): DisposableStack {
  const stack = new DisposableStack()
  const instruments = createInstruments(meter, unitInName)
  const { seconds, counter } = instruments

  const requestDuration = seconds('http.server.request.duration')
  onEnd(stack, requests, ({ req: { method = '', url = '' }, res }, duration) =>
    requestDuration.record(duration, {
      'http.request.method': methods.has(method) ? method : '_OTHER',
      'http.route': routeOf(method, url) ?? 'other',
      'http.response.status_code': res.statusCode,
    }),
  )

  const hostOf = boundedValues(maxHosts)
  const outgoingDuration = seconds('http.client.request.duration')
  observeOutgoingRequests(stack, {
    start: () => performance.now(),
    end: (startedAt, { host, method, status }: OutgoingRequest) =>
      outgoingDuration.record((performance.now() - startedAt) / 1000, {
        'http.request.method': method,
        'server.address': hostOf(host),
        ...(status === undefined ? { 'error.type': 'failed' } : { 'http.response.status_code': status }),
      }),
  })

  const statementDuration = seconds('db.client.operation.duration')
  onEnd(stack, diagnostics.statements, ({ sql, kind, error }, duration) =>
    statementDuration.record(duration, {
      'db.system.name': kind === 'postgres' ? 'postgresql' : 'sqlite',
      'db.operation.name': operationOf(sql),
      ...(error !== undefined && { 'error.type': 'failed' }),
    }),
  )

  const ceremonyDuration = seconds('pocket.ceremony.duration')
  onEnd(stack, diagnostics.ceremonies, ({ ceremony, error }, duration) =>
    ceremonyDuration.record(duration, { ceremony, outcome: outcomeOf(error) }),
  )

  const jobDuration = seconds('pocket.job.duration')
  onEnd(stack, jobRuns, ({ job, signal, error }, duration) =>
    jobDuration.record(duration, { 'pocket.job': job, outcome: signal.aborted ? 'aborted' : outcomeOf(error) }),
  )

  const signIns = counter('pocket.sign_ins')
  const events = counter('pocket.audit.events')
  onMessage(stack, auditEvents, (recorded) => {
    events.add(1, { event: recorded.event })
    if (recorded.event === 'signed_in') signIns.add(1, { outcome: 'success', method: recorded.method })
    else if (recorded.event === 'sign_in_failed')
      signIns.add(1, { outcome: 'failure', method: recorded.method, 'error.type': recorded.code })
  })

  const clientOf = boundedValues(maxClients)
  const tokenRequests = counter('pocket.token_requests')
  onMessage(stack, diagnostics.tokenRequests, ({ grantType, clientId, errorCode }) =>
    tokenRequests.add(1, {
      grant_type: grantTypes.has(grantType) ? grantType : 'other',
      client: clientId === undefined ? 'unknown' : clientOf(clientId),
      outcome: errorCode === undefined ? 'success' : 'failure',
      ...(errorCode !== undefined && { 'error.type': errorCode }),
    }),
  )

  const refusals = counter('pocket.limit.refusals')
  onMessage(stack, diagnostics.rateLimitRejections, ({ limit }) => refusals.add(1, { limit }))

  const cacheReads = counter('pocket.cache.reads')
  onMessage(stack, diagnostics.cacheReads, ({ isHit }) => cacheReads.add(1, { result: isHit ? 'hit' : 'miss' }))

  observeProcess(instruments, stack, version)
  observeInstance(instruments, measure)
  return stack
}

type Instruments = ReturnType<typeof createInstruments>

function createInstruments(meter: Meter, unitInName: boolean) {
  const advice = { explicitBucketBoundaries: boundaries }
  return {
    seconds: <Name extends MetricName>(name: Name) =>
      meter.createHistogram<LabelsOf<Name>>(unitInName ? `${name}.seconds` : name, {
        ...metricDefinitions[name],
        advice,
      }),
    counter: <Name extends MetricName>(name: Name) =>
      meter.createCounter<LabelsOf<Name>>(name, metricDefinitions[name]),
    gauge: <Name extends MetricName>(name: Name) =>
      meter.createObservableGauge<LabelsOf<Name>>(name, metricDefinitions[name]),
    observableSum: <Name extends MetricName>(name: Name) =>
      meter.createObservableUpDownCounter<LabelsOf<Name>>(name, metricDefinitions[name]),
    observableCounter: <Name extends MetricName>(name: Name) =>
      meter.createObservableCounter<LabelsOf<Name>>(name, metricDefinitions[name]),
    observe: meter.addBatchObservableCallback.bind(meter),
  }
}

/** Counters of several processes are summed; of a gauge, the highest value counts. */
function observeProcess(
  { gauge, observableSum, observableCounter, observe }: Instruments,
  stack: DisposableStack,
  version: string,
): void {
  const delays = monitorEventLoopDelay({ resolution: 10 })
  delays.enable()
  stack.defer(() => delays.disable())
  const p99 = gauge('nodejs.eventloop.delay.p99')
  const max = gauge('nodejs.eventloop.delay.max')
  const memory = observableSum('process.memory.usage')
  const cpu = observableCounter('process.cpu.time')
  const build = gauge('pocket.build.info')
  observe(
    (result) => {
      result.observe(p99, delays.percentile(99) / 1e9)
      result.observe(max, delays.max / 1e9)
      delays.reset()
      result.observe(memory, process.memoryUsage.rss())
      const { user, system } = process.cpuUsage()
      result.observe(cpu, (user + system) / 1e6)
      result.observe(build, 1, { version, node: process.versions.node })
    },
    [p99, max, memory, cpu, build],
  )
}

function observeInstance({ gauge, observableSum, observe }: Instruments, measure: MetricsOptions['measure']): void {
  const connections = observableSum('db.client.connection.count')
  const pending = observableSum('db.client.connection.pending_requests')
  // A gauge, because every process sees the same queue.
  const queue = gauge('pocket.email.queue')
  observe(
    async (result) => {
      const measured = await Promise.race([
        measure()?.().catch(() => undefined),
        delay(maxWait, undefined, { ref: false }),
      ])
      if (measured === undefined) return
      const { pool, emails } = measured
      if (pool !== undefined) {
        result.observe(connections, pool.used, { state: 'used' })
        result.observe(connections, pool.idle, { state: 'idle' })
        result.observe(pending, pool.waiting)
      }
      for (const [state, count] of Object.entries(emails)) result.observe(queue, count, { state })
    },
    [connections, pending, queue],
  )
}

function operationOf(sql: string): string {
  const name = /^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? ''
  return /^(SELECT|INSERT|UPDATE|DELETE|WITH|LOCK)$/.test(name) ? name : 'other'
}

function outcomeOf(error: unknown): 'success' | 'failure' {
  return error === undefined ? 'success' : 'failure'
}

/** Returns its argument for the first `limit` distinct values, then `other`, so that labels stay bounded. */
function boundedValues(limit: number): (value: string) => string {
  const known = new Set<string>()
  return (value) => {
    if (known.has(value)) return value
    if (known.size >= limit) return 'other'
    known.add(value)
    return value
  }
}
