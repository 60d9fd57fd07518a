interface MetricDefinition {
  /** Without a full stop, for `/metrics` and the reference. */
  readonly description: string
  readonly unit?: 's' | 'By'
  readonly labels: readonly string[]
}

/** All metrics by their OTLP name. The reference is generated from it. */
export const metricDefinitions = {
  'http.server.request.duration': {
    description: 'Requests; the route is the pattern',
    unit: 's',
    labels: ['http.route', 'http.request.method', 'http.response.status_code'],
  },
  'http.client.request.duration': {
    description: 'Requests to other servers',
    unit: 's',
    labels: ['server.address', 'http.request.method', 'http.response.status_code', 'error.type'],
  },
  'pocket.sign_ins': { description: 'Sign-ins', labels: ['outcome', 'method', 'error.type'] },
  'pocket.ceremony.duration': {
    description: 'Verifications of WebAuthn responses',
    unit: 's',
    labels: ['ceremony', 'outcome'],
  },
  'pocket.token_requests': {
    description: 'Token requests',
    labels: ['grant_type', 'client', 'outcome', 'error.type'],
  },
  'pocket.limit.refusals': { description: 'Requests that a rate limit rejected', labels: ['limit'] },
  'pocket.audit.events': { description: 'Audit events', labels: ['event'] },
  'pocket.job.duration': { description: 'Job runs', unit: 's', labels: ['pocket.job', 'outcome'] },
  'pocket.email.queue': { description: 'E-mails that wait, and those that were given up', labels: ['state'] },
  'pocket.cache.reads': { description: 'Reads of the row cache', labels: ['result'] },
  'db.client.operation.duration': {
    description: 'Database statements',
    unit: 's',
    labels: ['db.system.name', 'db.operation.name', 'error.type'],
  },
  'db.client.connection.count': { description: 'Connections of the pool', labels: ['state'] },
  'db.client.connection.pending_requests': { description: 'Statements that wait for a connection', labels: [] },
  'nodejs.eventloop.delay.p99': {
    description: '99th percentile of the event loop delay since the last collection',
    unit: 's',
    labels: [],
  },
  'nodejs.eventloop.delay.max': {
    description: 'Maximum of the event loop delay since the last collection',
    unit: 's',
    labels: [],
  },
  'process.memory.usage': { description: 'Memory', unit: 'By', labels: [] },
  'process.cpu.time': { description: 'CPU time', unit: 's', labels: [] },
  'pocket.build.info': { description: 'The running version; always 1', labels: ['version', 'node'] },
} as const satisfies Readonly<Record<string, MetricDefinition>>

export type MetricName = keyof typeof metricDefinitions
export type LabelsOf<Name extends MetricName> = Partial<
  Record<(typeof metricDefinitions)[Name]['labels'][number], string | number>
>
