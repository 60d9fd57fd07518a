import type { Client } from '@pocket/core'
import { scimProblemCodes } from '@pocket/directory/internal'
import { clientMetaDto } from '../clients/client-dto.ts'
import { clientMetaSchema } from '../clients/client-schema.ts'
import { count, instant, namedObject, namedObjectWith, objectOf, text } from '../http/api/schema.ts'
import { formatInstant } from '../http/instant.ts'
import type { ScimProvider } from './provider.ts'

const maxProblems = 100
const removals = ['deactivate', 'delete'] as const

const counts = namedObject('ScimCountsDto', {
  total: { ...count, description: 'The number of users or groups that may use the client.' },
  created: count,
  updated: count,
  deactivated: count,
  deleted: count,
  unchanged: count,
  found: { ...count, description: 'Existing resources that this server did not create.' },
  failed: count,
})

const report = namedObject('ScimReportDto', {
  startedAt: instant,
  finishedAt: instant,
  requests: count,
  users: counts,
  groups: counts,
  withoutGroups: { type: 'boolean', description: 'Whether the target does not support groups.' },
  problems: {
    type: 'array',
    description: `The first ${maxProblems}.`,
    items: objectOf({
      kind: { type: 'string', enum: ['user', 'group'] },
      id: text,
      name: text,
      code: { type: 'string', enum: scimProblemCodes },
      detail: { type: ['string', 'null'], description: 'The error message of the target.' },
    }),
  },
  problemCount: count,
  stopped: {
    type: ['object', 'null'],
    description: 'Why the run was aborted.',
    required: ['code', 'detail'],
    properties: { code: text, detail: { type: ['string', 'null'] } },
  },
})

export const scimProviderSchema = namedObject('ScimServiceProviderDTO', {
  id: text,
  endpoint: text,
  token: {
    type: 'string',
    description: 'The mask without the permission to read secrets; empty if there is no token.',
  },
  lastSyncedAt: { ...instant, type: ['string', 'null'], description: 'When the last complete run finished.' },
  oidcClient: clientMetaSchema,
  createdAt: instant,
  removal: {
    type: 'string',
    enum: removals,
    description: 'How users who may no longer use the client are removed.',
  },
  lastReport: { oneOf: [report, { type: 'null' }] },
})

export const scimProviderBody = namedObjectWith('ScimServiceProviderCreateDTO', ['endpoint', 'oidcClientId'], {
  endpoint: { type: 'string', minLength: 1, maxLength: 2000, format: 'uri' },
  token: { type: 'string', maxLength: 10_000, description: 'The mask keeps the stored token.' },
  oidcClientId: { type: 'string', minLength: 1, maxLength: 2000 },
  removal: { type: 'string', enum: removals },
})

/** `ScimServiceProviderDTO` with this token, or its mask. */
export function scimProviderDto(provider: ScimProvider, client: Client, token: string) {
  const { id, endpoint, createdAt, succeededAt, removal } = provider
  return {
    id,
    endpoint,
    token,
    lastSyncedAt: succeededAt === null ? null : formatInstant(succeededAt),
    oidcClient: clientMetaDto(client),
    createdAt: formatInstant(createdAt),
    removal,
    lastReport: provider.report && reportDto(provider.report),
  }
}

function reportDto({ user, group, problems, stopped, ...report }: NonNullable<ScimProvider['report']>) {
  return {
    startedAt: formatInstant(report.startedAt),
    finishedAt: formatInstant(report.finishedAt),
    requests: report.requests,
    users: user,
    groups: group,
    withoutGroups: report.withoutGroups,
    problems: problems.slice(0, maxProblems).map(({ localId, ...problem }) => ({ ...problem, id: localId })),
    problemCount: report.problemCount,
    stopped: stopped && { code: stopped.code, detail: stopped.detail },
  }
}
