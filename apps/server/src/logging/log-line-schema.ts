const text = { type: 'string' } as const
const optionalText = { type: ['string', 'null'] } as const
const texts = { type: 'array', items: text } as const
const count = { type: 'integer', minimum: 0 } as const
const has = (name: string) => ({ required: [name] })

/** The lines of the log with `LOG_JSON=true`. A line of an audit event has the fields of the event as well. */
export const logLineSchema = {
  type: 'object',
  required: ['level', 'time', 'msg'],
  properties: {
    level: { enum: ['debug', 'info', 'warn', 'error'] },
    time: { ...text, format: 'date-time' },
    msg: { ...text, description: 'English; `request` for a request.' },
    requestId: {
      ...optionalText,
      description: 'As in `X-Request-ID` and in errors; `null` for an audit event that no request caused.',
    },
    method: text,
    path: { ...text, description: 'Without secrets and query.' },
    status: { ...count, description: 'The status code.' },
    took: { ...count, description: 'Milliseconds.' },
    ipAddress: optionalText,
    userAgent: optionalText,
    traceId: { ...text, description: 'While traces are recorded.' },
    audit: { ...text, description: 'The audit event.' },
    errorCode: { ...text, description: 'The code of the error that the request was answered with.' },
    err: {
      type: 'object',
      required: ['type', 'message', 'stack'],
      properties: { type: text, message: text, stack: text, code: { type: ['string', 'integer'] } },
    },
    reason: { ...text, description: 'The message of an error whose stack is of no use.' },
    job: { ...text, description: 'The name of a job.' },
    outcome: text,
    file: { ...text, description: 'The path of a file.' },
    mode: { ...text, description: 'The permissions of a file, octal.' },
    fingerprint: { ...text, description: 'Of a new encryption key.' },
    check: { ...text, description: 'The name of a check of the instance.' },
    email: {
      type: 'object',
      required: ['id', 'kind'],
      additionalProperties: false,
      properties: { id: text, kind: text },
    },
    attempt: count,
    of: { ...count, description: 'The maximum number of attempts.' },
    sets: { ...texts, description: 'The sets of migrations that run.' },
    changes: { ...count, description: 'The number of changes of a configuration file.' },
    counts: { type: 'object', description: 'By kind of row, after a migration from Pocket ID.' },
    type: { ...text, description: 'The type of a GeoIP database.' },
    builtAt: { ...text, format: 'date-time' },
    pid: { ...count, description: 'The ID of a process that ended.' },
    lost: { ...count, description: 'Audit events that were not forwarded.' },
    details: { ...texts, description: 'Messages of the telemetry library.' },
  },
  allOf: [
    {
      if: { properties: { msg: { const: 'request' } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { required: ['requestId', 'method', 'path', 'status', 'took', 'ipAddress'] },
    },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    { if: has('audit'), then: { required: ['requestId', 'ipAddress', 'userAgent'] } },
  ],
} as const
