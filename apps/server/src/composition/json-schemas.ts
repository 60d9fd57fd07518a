import type { JSONSchema } from 'json-schema-to-ts'
import { apiKeySchema, mintedSchema } from '../api-keys/api.ts'
import { apiSchema } from '../apis/api-schema.ts'
import { auditSchema } from '../audit-log/api.ts'
import { openExportSchema } from '../backup/open-export.ts'
import { clientWithGroupCountSchema, clientWithGroupsSchema } from '../clients/client-schema.ts'
import { checkNames } from '../diagnosis/finding.ts'
import { groupSchema } from '../groups/group-dto.ts'
import { jobSchema } from '../jobs/api.ts'
import { sessionSchema } from '../sessions/api.ts'
import { groupItemSchema, userSchema } from '../users/user-dto.ts'

type SchemaObject = Exclude<JSONSchema, boolean>

const text = { type: 'string' } as const
const instant = { type: 'string', format: 'date-time' } as const
const count = { type: 'integer', minimum: 0 } as const

function object(properties: Readonly<Record<string, JSONSchema>>): SchemaObject {
  return { type: 'object', required: Object.keys(properties), properties }
}

function list(items: JSONSchema): SchemaObject {
  return { type: 'array', items }
}

/** The JSON that commands print, by the name of the published file. */
export const jsonSchemas: Readonly<Record<string, { readonly command: string; readonly schema: SchemaObject }>> = {
  'open-export': { command: 'export --open', schema: openExportSchema },
  doctor: {
    command: 'doctor --json',
    schema: object({
      checks: list(
        object({
          check: { enum: checkNames },
          outcome: {
            enum: ['ok', 'warning', 'failed', 'skipped'],
            description: '`skipped`: another problem prevented the check. `ok`: no problem, or nothing to check.',
          },
          findings: list(
            object({
              name: { ...text, description: 'Stays the same in later versions.' },
              severity: { enum: ['bad', 'soon', 'advice'] },
              message: { ...text, description: 'English.' },
              remedy: { ...text, description: 'English.' },
            }),
          ),
        }),
      ),
    }),
  },
  'audit-verify': {
    command: 'audit verify --json',
    schema: object({
      batches: count,
      entries: count,
      head: { type: ['string', 'null'], description: 'The hash of the newest batch.' },
      isExpectedFound: { type: 'boolean', description: 'Whether a batch has the hash of `--expect`.' },
      broken: list(
        object({
          number: count,
          from: instant,
          to: instant,
          problem: { enum: ['entries_missing', 'entries_added', 'entries_changed', 'batch_missing'] },
        }),
      ),
    }),
  },
  'key-rotate': {
    command: 'key-rotate --json',
    schema: object({ keys: list(object({ algorithm: text, kid: text, signsFrom: instant })) }),
  },
  'break-glass-code': {
    command: 'break-glass-code NAME --json',
    schema: object({ code: text, url: { ...text, format: 'uri' } }),
  },
  'one-time-access-token': {
    command: 'one-time-access-token NAME --json',
    schema: object({ url: { ...text, format: 'uri' }, expiresAt: instant }),
  },
  'passkey-list': {
    command: 'passkey-remove NAME --json',
    schema: object({ passkeys: list(object({ id: text, name: text })) }),
  },
  'passkey-remove': {
    command: 'passkey-remove NAME ID --json',
    schema: object({
      name: { ...text, description: 'The name of the removed passkey.' },
      reviewUrl: {
        type: ['string', 'null'],
        format: 'uri',
        description: 'The page that lists what was created with the passkey; `null` if none of it is active.',
      },
    }),
  },
  'migrate-from-pocket-id': {
    command: 'migrate-from-pocket-id SOURCE --json',
    schema: object({
      counts: {
        type: 'object',
        description: 'By kind of row.',
        additionalProperties: object({ found: count, migrated: count }),
      },
      findings: list(
        object({
          outcome: { enum: ['changed', 'left out'] },
          subject: { ...text, description: 'The kind of row.' },
          id: { ...text, description: 'The ID of the row in the source.' },
          name: text,
          reason: text,
        }),
      ),
      notes: { ...list(text), description: 'Sentences about the instance as a whole.' },
    }),
  },
  'users-list': { command: 'users list --json', schema: list(userSchema) },
  user: { command: 'users show|create|update --json', schema: userSchema },
  'groups-list': { command: 'groups list --json', schema: list(groupItemSchema) },
  group: { command: 'groups show|create|update --json', schema: groupSchema },
  'clients-list': { command: 'clients list --json', schema: list(clientWithGroupCountSchema) },
  client: { command: 'clients show|create|update --json', schema: clientWithGroupsSchema },
  'clients-new-secret': { command: 'clients new-secret CLIENT --json', schema: object({ secret: text }) },
  'apis-list': { command: 'apis list --json', schema: list(apiSchema) },
  api: { command: 'apis show|create|update --json', schema: apiSchema },
  'api-keys-list': { command: 'api-keys list USER --json', schema: list(apiKeySchema) },
  'api-keys-create': { command: 'api-keys create USER --json', schema: mintedSchema },
  'sessions-list': { command: 'sessions list USER --json', schema: list(sessionSchema) },
  'jobs-list': { command: 'jobs list --json', schema: list(jobSchema) },
  'settings-list': {
    command: 'settings list --json',
    schema: {
      type: 'object',
      description: 'Every setting by its name. Those of Pocket ID are texts; secrets are masked.',
      additionalProperties: true,
    },
  },
  'settings-get': {
    command: 'settings get KEY --json',
    schema: {
      type: ['string', 'number', 'boolean', 'array', 'object', 'null'],
      description: 'The value as `settings list` prints it.',
    },
  },
  'audit-tail': { command: 'audit tail --json', schema: { ...auditSchema, description: 'One object a line.' } },
  'config-plan': {
    command: 'config plan|apply --json',
    schema: list(
      object({
        action: { enum: ['create', 'update', 'delete'] },
        kind: { enum: ['groups', 'settings', 'users', 'clients', 'apis'] },
        name: { ...text, description: 'The identity key; `settings` for the settings.' },
        fields: list({
          type: 'object',
          required: ['field', 'isIrreversible'],
          properties: {
            field: text,
            before: {},
            after: {},
            isIrreversible: { type: 'boolean', description: 'Whether a secret or a permission is removed.' },
          },
          description: 'Secrets are replaced by a placeholder.',
        }),
      }),
    ),
  },
}
