import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { commonEventNames, eventNames } from '../src/audit-log/event-names.ts'
import { markdownTable } from './markdown-table.ts'

const catalog = new URL('../locales/en.json', import.meta.url)
const target = new URL('../../../docs/reference/events.md', import.meta.url)

/** The reference of audit events: each name with its meaning. */
export function eventsReference(): string {
  const messages: Readonly<Record<string, string>> = JSON.parse(readFileSync(catalog, 'utf8'))
  const names = [...new Set(eventNames)].sort()
  const rows = names.map((name) => [
    `\`${name}\``,
    messages[`auditLog.filters.event.${name}`] ?? '',
    commonEventNames.includes(name) ? 'Yes' : '',
  ])
  return `# Audit events

Generated from \`apps/server/src/audit-log/event-names.ts\` and \`apps/server/locales/en.json\` by \`pnpm --filter @pocket/server run reference\`.

These are the names in \`GET /api/audit-logs/all\`, in exports, in \`pocket-id audit tail\`, in \`AUDIT_FILE\` and
\`AUDIT_SYSLOG\`, and in the filters of the audit log. The log of the server has the names of the [library](../guides/hooks-and-events.md).

${markdownTable(['Event', 'Meaning', 'Filter of the own activity'], rows)}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(target, eventsReference())
