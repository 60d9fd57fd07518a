import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { AccessRow } from '../src/access/access-row.ts'
import { accessTable } from '../src/access/access-table.ts'
import { type Condition, conditions } from '../src/access/conditions.ts'
import { coreTable } from '../src/access/core-table.ts'
import { sessionRequirements } from '../src/access/session-requirements.ts'

// Program: writes `docs/reference/access.md` from the access table.

const page = new URL('../../../docs/reference/access.md', import.meta.url)

const introduction = `# Access

<!-- Made by apps/server/scripts/access-reference.ts from apps/server/src/access/; change it there. -->

Who may use each operation of the REST API and each page, with which scopes, and what the session has to prove. The guards of
the server read the same table.

- **Caller**: \`anyone\`; \`user\`, anybody who is signed in, for what is their own; \`administrator\`;
  \`interaction\`, the browser in which the interaction began; \`client\`, an OAuth client that authenticates itself, or a public
  one; \`token\`, the bearer of a token; nobody needs one to register a client while the
  settings leave registration open.
- **API key**: the scopes that a limited key needs, all of them. A key without scopes has all of its owner's. "no": API keys are
  refused.
- **Session**: what a session has to prove, in this order. API keys are judged by their scopes alone.
- **Conditions**: what else is required when the request contains certain things.

A request with a method other than \`GET\` is refused with \`cross_site_request\` (403) if the page of another site sends it.
`

const refusals: readonly (readonly string[])[] = [
  ['A caller', '401', '`not_signed_in`; a page that is opened leads to `/login`'],
  ['A browser, where API keys are refused', '403', '`api_key_auth_not_allowed`'],
  ['An account that is enabled', '403', '`user_disabled`'],
  ['An administrator', '403', '`forbidden`'],
  ['A scope of the API key', '403', '`forbidden`, with the scope in `details.scope`'],
  ['A passkey in the session', '403', '`passkey_required`'],
  ['A recent passkey', '401', '`reauthentication_required`; a page asks for the passkey in place'],
]

/** The reference page, in Markdown. */
export function accessReference(): string {
  const rows = [...accessTable]
  const restRows = rows.filter(([route]) => route.includes(' /api/'))
  const pageRows = rows.filter(([route]) => !route.includes(' /api/'))
  const requirements = Object.entries(sessionRequirements).map(([name, text]) => `- \`${name}\`: ${text}\n`)
  return [
    introduction,
    `## Session\n\n${requirements.join('')}`,
    section(
      'Conditions',
      ['Condition', 'Applies when', 'Session', 'API key'],
      Object.entries(conditions).map(conditionLine),
    ),
    section('Refusals', ['What is missing', 'Status', 'Code'], refusals),
    section('REST API', columns, restRows.map(rowLine)),
    section('Pages', columns, pageRows.map(rowLine)),
    section('Interactions and protocol', ['Route', 'Caller'], [...coreTable].map(coreLine)),
  ].join('\n')
}

const columns = ['Route', 'Caller', 'API key', 'Session', 'Conditions']

function conditionLine([name, condition]: readonly [string, Condition]): readonly string[] {
  const { text, session, unlimitedKey, scope, proof } = condition
  const requirement = proof === undefined ? code(session ? [session] : []) : 'a passkey for this request'
  return [code([name]), text, requirement, unlimitedKey ? 'without scopes' : code(scope ? [scope] : [])]
}

function rowLine([route, { caller, scopes, session, conditions: conditionNames }]: readonly [
  string,
  AccessRow,
]): readonly string[] {
  const key = caller === 'anyone' ? '' : scopes === null ? 'no' : code(scopes)
  return [code([route]), caller, key, code(session), code(conditionNames)]
}

function coreLine([route, { caller }]: readonly [string, AccessRow]): readonly string[] {
  return [code([route]), caller]
}

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}

/** A heading and a table, with columns padded like the formatter does. */
function section(title: string, header: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) => Math.max(name.length, ...lines.map((line) => line[column]?.length ?? 0)))
  const text = (line: readonly string[]) =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = widths.map((width) => '-'.repeat(width))
  return `## ${title}\n\n${[header, rule, ...lines].map(text).join('\n')}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(page, accessReference())
