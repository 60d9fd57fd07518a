import { Readable } from 'node:stream'
import { InvalidInputError } from '@pocket/core/errors'
import { actorOf } from '../access/actor.ts'
import { type ListDefinition, pageAnswer } from '../http/api/list.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { instant, namedObjectWith, objectOf, pageOf } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import { deviceOf } from '../http/device.ts'
import type { AuditEntry } from './audit-entry.ts'
import type { AuditLogStore } from './audit-log-store.ts'
import { auditQuery, rangeParameters } from './audit-query.ts'
import { type ExportFormat, exportChunks, exportFormats, exportTypes } from './export.ts'

const maxAccounts = 1000
const auditApi = operationsIn('audit')

const unknownLocation = { type: 'string', description: 'Empty if unknown.' } as const
const texts = { type: 'object', additionalProperties: { type: 'string' } } as const

export const auditSchema = namedObjectWith(
  'AuditLogDto',
  ['id', 'createdAt', 'event', 'ipAddress', 'country', 'city', 'device', 'userID', 'data'],
  {
    id: { type: 'string', format: 'uuid' },
    createdAt: instant,
    event: { type: 'string', description: 'The event name, such as SIGN_IN.' },
    ipAddress: { type: ['string', 'null'] },
    country: unknownLocation,
    city: unknownLocation,
    device: {
      type: 'string',
      description: 'Browser and operating system, or the user agent if they are not recognized.',
    },
    userID: { type: ['string', 'null'], description: 'The affected user.' },
    username: { type: 'string', description: 'The name at that time; empty in the list of one’s own events.' },
    actorUsername: { type: 'string', description: 'The user name of the actor; empty if it is the affected user.' },
    data: texts,
    changes: {
      type: 'object',
      description: 'The changed fields by name. Secrets are redacted.',
      additionalProperties: objectOf({ before: {}, after: {} }),
    },
    occurrences: {
      type: 'integer',
      minimum: 1,
      description: 'Number of occurrences: repeated refusals share one entry.',
    },
    lastOccurredAt: instant,
    lastIpAddress: { type: ['string', 'null'], description: 'IP address of the last occurrence.' },
    lastDevice: { type: 'string' },
    lastCountry: unknownLocation,
    lastCity: unknownLocation,
  },
)

/** Sort and filter columns by JSON field. */
const auditSorts = ['createdAt', 'event', 'ipAddress', 'country', 'city', 'userAgent'] as const
const auditFilters = ['event', 'userID', 'clientName', 'location'] as const
const ownListDefinition: ListDefinition = { sort: auditSorts, filter: ['event', 'userID'], search: true }
const fullListDefinition: ListDefinition = { sort: auditSorts, filter: auditFilters, search: true }

export function auditLogOperations({
  auditLog,
  audit,
}: Deps & { readonly auditLog: AuditLogStore }): readonly Operation[] {
  return [
    auditApi.get('/api/audit-logs', {
      id: 'listOwnAuditLogs',
      summary: 'List your own audit log entries',
      list: ownListDefinition,
      query: rangeParameters,
      response: { status: 200, schema: pageOf(auditSchema) },
      async handle({ user, query, list }) {
        const { items, total } = await auditLog.list(auditQuery(user.id, query, list), list)
        return pageAnswer({ items: items.map(auditDto), total }, list)
      },
    }),
    auditApi.get('/api/audit-logs/all', {
      id: 'listAllAuditLogs',
      summary: 'List the audit log',
      list: fullListDefinition,
      query: rangeParameters,
      response: { status: 200, schema: pageOf(auditSchema) },
      async handle({ query, list }) {
        const { items, total } = await auditLog.list(auditQuery(null, query, list), list)
        const data = items.map((entry) => ({ ...auditDto(entry), username: entry.accountName ?? '' }))
        return pageAnswer({ items: data, total }, list)
      },
    }),
    auditApi.get('/api/audit-logs/export', {
      id: 'exportAuditLog',
      summary: 'Export the audit log as a file, newest entries first',
      list: { sort: [], filter: [...auditFilters, 'id'], search: true },
      query: { ...rangeParameters, format: { type: 'string', enum: exportFormats } },
      response: { status: 200, types: Object.values(exportTypes).map((type) => type.split(';')[0] ?? type) },
      async handle(call) {
        const format = exportFormat(call.query.format)
        const exportQuery = auditQuery(null, call.query, call.list)
        const { id: by, origin } = actorOf(call)
        await audit.record({ event: 'audit_log_exported', format, by }, origin)
        call.ctx.set('Content-Disposition', `attachment; filename="audit-log.${format}"`)
        call.ctx.body = Readable.from(exportChunks(auditLog, exportQuery, format))
        call.ctx.type = exportTypes[format]
      },
    }),
    auditApi.get('/api/audit-logs/filters/client-names', {
      id: 'listAuditLogClientNames',
      summary: 'List the client names in the audit log',
      response: { status: 200, schema: { type: 'array', items: { type: 'string' } } },
      handle: async () => auditLog.clientNames(),
    }),
    auditApi.get('/api/audit-logs/filters/users', {
      id: 'listAuditLogUsers',
      summary: 'List the user names in the audit log by user ID',
      query: { search: { type: 'string', description: `Part of a user name; at most ${maxAccounts} are returned.` } },
      response: { status: 200, schema: texts },
      async handle({ query }) {
        const accounts = await auditLog.accounts([query.search ?? ''].flat()[0] ?? '', maxAccounts)
        return Object.fromEntries(accounts.map(({ id, name }) => [id, name]))
      },
    }),
  ]
}

/** @throws {InvalidInputError} `validation_failed` */
function exportFormat(value: string | readonly string[] = 'csv'): ExportFormat {
  const format = exportFormats.find((option) => option === value)
  if (format !== undefined) return format
  const problem = { field: 'format', code: 'oneof', message: `must be one of ${exportFormats.join(', ')}` }
  throw new InvalidInputError('validation_failed', `format ${problem.message}`, { fields: [problem] })
}

function auditDto(entry: AuditEntry) {
  const { id, createdAt, event, ipAddress, userAgent, accountId, actorName, data, changes, occurrences } = entry
  const { lastAt, last, country, city } = entry
  return {
    id,
    createdAt: new Date(createdAt).toISOString(),
    event,
    ipAddress,
    country: country ?? '',
    city: city ?? '',
    device: deviceOf(userAgent),
    userID: accountId,
    username: '',
    actorUsername: actorName ?? '',
    data,
    ...(changes !== null && { changes }),
    occurrences,
    ...(occurrences > 1 && {
      lastOccurredAt: new Date(lastAt).toISOString(),
      lastIpAddress: last?.ipAddress ?? ipAddress,
      lastDevice: deviceOf(last?.userAgent ?? userAgent),
      lastCountry: last?.country ?? country ?? '',
      lastCity: last?.city ?? city ?? '',
    }),
  }
}
