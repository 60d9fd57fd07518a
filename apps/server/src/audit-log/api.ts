import { type ListDefinition, pageAnswer } from '../http/api/list.ts'
import { type Operation, operation } from '../http/api/operation.ts'
import { instant, named, pageOf } from '../http/api/schema.ts'
import type { AuditEntry } from './audit-entry.ts'
import { type AuditLogStore, auditFilters, auditSorts } from './audit-log-store.ts'
import { deviceOf } from './device.ts'

const unknownPlace = { type: 'string', description: 'Empty where it is not known.' } as const
const texts = { type: 'object', additionalProperties: { type: 'string' } } as const

const auditSchema = named('AuditLogDto', {
  type: 'object',
  required: ['id', 'createdAt', 'event', 'ipAddress', 'country', 'city', 'device', 'userID', 'data'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    createdAt: instant,
    event: { type: 'string', description: 'Such as SIGN_IN.' },
    ipAddress: { type: ['string', 'null'] },
    country: unknownPlace,
    city: unknownPlace,
    device: { type: 'string', description: 'Browser and system, or the user agent where they are not recognised.' },
    userID: { type: ['string', 'null'], description: 'Whom it concerns.' },
    username: { type: ['string', 'null'], description: 'The name at that time; only in the list of everybody.' },
    actorUsername: { type: 'string', description: 'Who did it, where that was somebody else.' },
    data: texts,
  },
})

const own: ListDefinition = { sort: auditSorts, filter: ['event', 'userID'] }
const everybodys: ListDefinition = { sort: auditSorts, filter: auditFilters }

export interface AuditLogApiPorts {
  readonly store: AuditLogStore
}

/** `/api/audit-logs`: what happened to oneself, and for administrators what happened to everybody. */
export function auditLogOperations({ store }: AuditLogApiPorts): readonly Operation[] {
  const shared = { area: 'audit', method: 'get' } as const
  return [
    operation({
      ...shared,
      id: 'listOwnAuditLogs',
      path: '/api/audit-logs',
      summary: 'List your part of the audit log',
      access: 'user',
      list: own,
      answer: { status: 200, schema: pageOf(auditSchema) },
      async handle({ user, list }) {
        const { items, total } = await store.list(user.id, list)
        return pageAnswer({ items: items.map(auditDto), total }, list)
      },
    }),
    operation({
      ...shared,
      id: 'listAllAuditLogs',
      path: '/api/audit-logs/all',
      summary: 'List the audit log',
      access: 'administrator',
      list: everybodys,
      answer: { status: 200, schema: pageOf(auditSchema) },
      async handle({ list }) {
        const { items, total } = await store.list(null, list)
        const data = items.map((entry) => ({ ...auditDto(entry), username: entry.accountName }))
        return pageAnswer({ items: data, total }, list)
      },
    }),
    operation({
      ...shared,
      id: 'listAuditLogClientNames',
      path: '/api/audit-logs/filters/client-names',
      summary: 'List the clients that the audit log names',
      access: 'administrator',
      answer: { status: 200, schema: { type: 'array', items: { type: 'string' } } },
      handle: async () => store.clientNames(),
    }),
    operation({
      ...shared,
      id: 'listAuditLogUsers',
      path: '/api/audit-logs/filters/users',
      summary: 'List the names of the users in the audit log, by their ids',
      access: 'administrator',
      answer: { status: 200, schema: texts },
      handle: async () => Object.fromEntries((await store.accounts()).map(({ id, name }) => [id, name])),
    }),
  ]
}

function auditDto({ id, createdAt, event, ipAddress, userAgent, accountId, actorName, data }: AuditEntry) {
  return {
    id,
    createdAt: new Date(createdAt).toISOString(),
    event,
    ipAddress,
    country: '',
    city: '',
    device: deviceOf(userAgent),
    userID: accountId,
    ...(actorName !== null && { actorUsername: actorName }),
    data,
  }
}
