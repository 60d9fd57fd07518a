import { ConflictError } from '@pocket/core/errors'
import { ldapCountNames } from '@pocket/directory/internal'
import { actorOf } from '../access/actor.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { instant, namedObject, nullableText, objectOf, text } from '../http/api/schema.ts'
import type { Deps } from '../http/deps.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { LdapServices } from './deps.ts'
import { type LdapRun, planParts } from './ldap-run.ts'
import { linkOperations } from './link-api.ts'

const settingsApi = operationsIn('settings')

const count = { type: 'integer' } as const
const loss = objectOf({ lost: count, of: count })

const planLines = {
  type: 'array',
  items: objectOf({
    name: text,
    userId: nullableText,
    changes: { type: 'object', description: 'The previous and the new value of each field.' },
  }),
} as const

const runSchema = namedObject('LdapRunDto', {
  id: { type: 'string', format: 'uuid' },
  trigger: { type: 'string', enum: ['job', 'api', 'page'] },
  outcome: {
    type: 'string',
    enum: ['succeeded', 'failed', 'waiting', 'dry'],
    description:
      '`waiting`: nothing was changed, because an administrator must confirm the removals or start the first import.',
  },
  startedAt: instant,
  finishedAt: instant,
  code: { ...nullableText, description: 'The error code if the run failed.' },
  details: { type: 'object', additionalProperties: text },
  found: { type: ['object', 'null'], properties: { people: count, groups: count } },
  counts: {
    type: 'object',
    description:
      'The applied changes, including those of a run that failed later; the planned changes for a dry or waiting run.',
    required: [...ldapCountNames],
    properties: Object.fromEntries(ldapCountNames.map((name) => [name, count])),
  },
  problems: {
    type: 'array',
    items: objectOf({
      dn: text,
      id: nullableText,
      code: text,
      detail: nullableText,
      conflictingUser: { type: ['object', 'null'], properties: { userId: text, userName: text } },
    }),
  },
  problemCount: { ...count, description: 'The total number; `problems` contains the first 200.' },
  plan: {
    type: ['object', 'null'],
    description: 'The first 200 planned changes of each kind, if the run changed nothing.',
    properties: Object.fromEntries(planParts.map((part) => [part, planLines])),
  },
  losses: {
    type: ['object', 'null'],
    properties: { people: loss, groups: loss, memberships: loss, asks: { type: 'boolean' }, digest: text },
  },
})

export function ldapOperations(
  deps: Deps & { readonly ldap: LdapServices; readonly users: UserAdministration },
): readonly Operation[] {
  const { sync, diagnostics, runs } = deps.ldap
  return [
    settingsApi.post('/api/application-configuration/sync-ldap', {
      id: 'syncLdap',
      summary: 'Import users and groups from LDAP now',
      note: 'If the removals need confirmation, nothing is changed and the response is 409 `ldap_confirmation_needed`.',
      async handle(call) {
        const { outcome } = await sync.run(actorOf(call), { trigger: 'api' })
        if (outcome === 'waiting')
          throw new ConflictError(
            'ldap_confirmation_needed',
            'The import would remove so much that an administrator must confirm it.',
          )
      },
    }),
    settingsApi.post('/api/ldap/dry-run', {
      id: 'dryRunLdap',
      summary: 'Plan an LDAP import without changing anything',
      response: { status: 200, schema: runSchema },
      async handle(call) {
        return runDto(await sync.dryRun(actorOf(call), 'api'))
      },
    }),
    settingsApi.post('/api/ldap/sync', {
      id: 'runLdap',
      summary: 'Import users and groups from LDAP now, with confirmed removals',
      body: {
        type: 'object',
        properties: {
          confirm: { type: 'string', maxLength: 100, description: 'The `losses.digest` of the waiting run.' },
        },
      },
      response: { status: 200, schema: runSchema },
      async handle(call) {
        const { confirm } = call.body
        return runDto(
          await sync.run(actorOf(call), { trigger: 'api', ...(confirm !== undefined && { confirmed: confirm }) }),
        )
      },
    }),
    settingsApi.get('/api/ldap/runs', {
      id: 'listLdapRuns',
      summary: 'List the latest imports and dry runs, newest first',
      response: { status: 200, schema: { type: 'array', items: runSchema } },
      handle: async () => (await runs.list(30)).map(runDto),
    }),
    settingsApi.post('/api/ldap/test', {
      id: 'testLdap',
      summary: 'Test the connection to the LDAP server',
      response: {
        status: 200,
        schema: objectOf({
          steps: {
            type: 'array',
            items: objectOf({ step: text, outcome: { type: 'string', enum: ['done', 'failed', 'open'] } }),
          },
          code: { ...nullableText, description: 'The error code of the failed step.' },
          details: { type: 'object', additionalProperties: text },
          isPrivate: { type: 'boolean', description: 'Whether the connection is encrypted, or uses a Unix socket.' },
        }),
      },
      async handle() {
        const { steps, failure, isPrivate } = await diagnostics.testConnection()
        return { steps, code: failure?.code ?? null, details: failure?.details ?? {}, isPrivate }
      },
    }),
    ...linkOperations(deps.ldap.links, deps.users),
  ]
}

function runDto({ settingsHash: _, startedAt, finishedAt, ...run }: LdapRun) {
  return { ...run, startedAt: new Date(startedAt).toISOString(), finishedAt: new Date(finishedAt).toISOString() }
}
