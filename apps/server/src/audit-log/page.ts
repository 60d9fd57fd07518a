import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import type { ListRequest } from '../http/api/list.ts'
import type { PageDeps } from '../http/deps.ts'
import { type ListPageDefinition, readListPage } from '../http/list-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { auditLine, noKnownSubjects } from './audit-line.ts'
import type { AuditLogStore } from './audit-log-store.ts'
import { auditQuery } from './audit-query.ts'
import { commonEventNames, eventNames } from './event-names.ts'
import { exportFormats } from './export.ts'
import { createAuditSubjects } from './subjects.ts'

const ownLogPath = '/settings/audit-log'
const fullLogPath = '/settings/admin/audit-log'
const locations = ['internal', 'external']
const sharedDefinition = {
  columns: [
    { name: 'when', sort: 'createdAt' },
    { name: 'event', sort: 'event' },
    { name: 'device', sort: 'userAgent', choice: 'shown' },
    { name: 'place', choice: 'shown' },
    { name: 'address', sort: 'ipAddress', choice: 'shown' },
    { name: 'country', sort: 'country' },
    { name: 'city', sort: 'city' },
  ],
  sort: { column: 'createdAt', descending: true },
  range: true,
} as const

const fullDefinition: ListPageDefinition = {
  ...sharedDefinition,
  path: fullLogPath,
  filters: { event: eventNames, location: locations },
}

export function auditLogPages(deps: PageDeps & { readonly auditLog: AuditLogStore }): readonly PageRoute[] {
  const { auditLog, show, secure } = deps
  const subjects = createAuditSubjects(deps)

  const showOwn = async (ctx: Context, user: User) => {
    const listPage = readListPage(
      ctx,
      { ...sharedDefinition, path: ownLogPath, filters: { event: commonEventNames } },
      secure,
    )
    const request = requestOfEntry(ctx, listPage.request)
    const { items, total } = await auditLog.list(auditQuery(user.id, { ...listPage.range }, request), request)
    await show(ctx, {
      view: 'audit-log',
      viewer: viewerOf(user),
      list: listPage.view(total),
      lines: items.map((entry) => auditLine(entry, 'own', noKnownSubjects)),
    })
  }

  const showAll = async (ctx: Context, user: User) => {
    const viewer = viewerOf(user)
    const definition = { ...fullDefinition, pickers: await subjects.pickers(ctx.query) }
    const listPage = readListPage(ctx, definition, secure)
    const request = requestOfEntry(ctx, listPage.request)
    const { items, total } = await auditLog.list(auditQuery(null, { ...listPage.range }, request), request)
    const knownSubjects = await subjects.load(items)
    const list = listPage.view(total)
    await show(ctx, {
      view: 'audit-log-all',
      viewer,
      list,
      lines: items.map((entry) => auditLine(entry, 'all', knownSubjects)),
      exports: exportUrls(list.fields),
    })
  }

  return [
    route.get(ownLogPath, showOwn),
    route.get(fullLogPath, showAll),
    // The path that Pocket ID uses.
    route.get(`${ownLogPath}/global`, async (ctx) => seeOther(ctx, withQuery(fullLogPath, ctx.search))),
  ]
}

/** The link of a long entry asks for this entry alone, which the page then shows whole. */
function requestOfEntry(ctx: Context, request: ListRequest): ListRequest {
  const { entry } = ctx.query
  return typeof entry === 'string' ? { ...request, filters: { ...request.filters, id: [entry] } } : request
}

/** Filters are short; a longer query would not fit into the headers of the response. */
function withQuery(path: string, query: string): string {
  return query.length <= 4000 ? path + query : path
}

function exportUrls(fields: readonly { readonly name: string; readonly value: string }[]) {
  const filterFields = fields.filter(
    ({ name }) => name === 'search' || name === 'from' || name === 'to' || name.startsWith('filters['),
  )
  const [csv, jsonl] = exportFormats.map((format) => {
    const query = new URLSearchParams({
      format,
      ...Object.fromEntries(filterFields.map(({ name, value }) => [name, value])),
    })
    return `/api/audit-logs/export?${query}`
  })
  return { csv: csv ?? '', jsonl: jsonl ?? '' }
}
