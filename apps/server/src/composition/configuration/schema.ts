import type { ErrorObject } from 'ajv'
import { apiCreate } from '../../apis/api-schema.ts'
import { clientCreate } from '../../clients/client-body.ts'
import type { FileContent, FileSchema } from '../../configuration-file/load.ts'
import { groupBody } from '../../groups/api.ts'
import { createAjv, generalFieldError } from '../../http/api/body.ts'
import { fieldCode, sentence } from '../../http/api/schema.ts'
import { once } from '../../http/once.ts'
import { claimsBody, userBody } from '../../users/user-body.ts'
import { settingProperties } from './settings.ts'

type Schema = Readonly<Record<string, unknown>>

const names = (description: string) => ({ type: 'array', items: { type: 'string' }, description })
const previously = { type: 'string', description: 'The earlier name. The object is renamed and keeps its members.' }
const customClaims = { ...claimsBody, description: 'All custom claims.' }
const revision = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }

const { id: _userId, userGroupIds: _groupIds, ...userFields } = userBody.properties
const {
  allowedUserGroupIds: _allowed,
  logoUrl: _logo,
  darkLogoUrl: _dark,
  ...otherClientFields
} = clientCreate.properties
const { credentials, accessTokenDurationMinutes: _minutes, ...clientFields } = otherClientFields

const scim = object(['endpoint'], {
  endpoint: { type: 'string' },
  token: { type: 'string', description: 'A secret.' },
  removal: { enum: ['deactivate', 'delete'], description: 'What happens to a user who may no longer use the client.' },
})

const permission = object(['key'], {
  key: { type: 'string', minLength: 1, description: 'A scope.' },
  name: { type: 'string', minLength: 1, description: 'The default is the key.' },
  description: { type: 'string', description: 'For the consent page.' },
})

const access = object(['client'], {
  client: { type: 'string', description: 'The ID of a client.' },
  userDelegatedPermissions: names('What the client may do for a user.'),
  clientPermissions: names('What the client may do for itself.'),
  userDelegatedAccess: { type: 'boolean', description: 'Access for users, even without permissions.' },
  clientAccess: { type: 'boolean', description: 'Access for itself, even without permissions.' },
})

/** The schema of the configuration file. It is the one that validates, and it is published for editors. */
const configurationFileSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Pocket configuration file',
  description:
    'Objects are created or changed to match the file. Fields that the file does not contain stay as they are. Texts may refer to environment variables, and `file:PATH` stands for the content of a file.',
  ...object([], {
    revision: {
      ...revision,
      description:
        'A counter. With several servers, the file with the higher revision applies. Increase it with each change.',
    },
    enforce: { type: 'boolean', description: 'Whether changes made elsewhere to declared fields are reverted.' },
    prune: {
      description:
        'Whether objects that an earlier file declared are deleted. More than three, and more than a fifth of a kind, are deleted only with the revision of the file.',
      anyOf: [{ type: 'boolean' }, object(['revision'], { revision })],
    },
    settings: {
      ...object([], settingProperties()),
      description: 'Settings by their names in the REST API, including those of LDAP.',
    },
    groups: list(
      object(['name'], {
        name: groupBody.properties.name,
        previously,
        friendlyName: groupBody.properties.friendlyName,
        requiresTwoPasskeys: groupBody.properties.requiresTwoPasskeys,
        customClaims,
      }),
    ),
    users: list(
      object(['username'], { ...userFields, previously, groups: names('The names of all groups.'), customClaims }),
    ),
    clients: list(
      object(['id', 'name'], {
        ...clientFields,
        id: { ...clientFields.id, minLength: 2, description: 'The `client_id`.' },
        previously: {
          type: 'string',
          description: 'The earlier ID. The client keeps its secrets, consents and access; its tokens end.',
        },
        accessTokenDurationMinutes: { type: ['integer', 'null'], minimum: 1, maximum: 525_600 },
        federatedIdentities: {
          type: 'array',
          items: credentials.properties.federatedIdentities.items,
          description: 'Identities whose tokens authenticate the client, for example of workloads.',
        },
        allowedGroups: names('The names of the groups whose members may use the client. They restrict it.'),
        secrets: { ...names('All secrets.'), maxItems: 20 },
        scim: {
          ...scim,
          type: ['object', 'null'],
          description: 'The target that users and groups are provisioned to.',
        },
      }),
    ),
    apis: list(
      object(['resource', 'name'], {
        ...apiCreate.properties,
        previously: {
          type: 'string',
          description: 'The earlier resource. The API keeps its permissions and access.',
        },
        permissions: { type: 'array', items: permission, maxItems: 500 },
        access: { type: 'array', items: access, description: 'All clients with access.' },
      }),
    ),
  }),
}

export const fileSchema: () => FileSchema = once(() => ({
  validate: createAjv({ useDefaults: false }).compile<FileContent>(closeSchema(configurationFileSchema)),
  describe,
}))

/** The published form: only keywords that editors know, and no unknown members. */
export function publishedFileSchema(): object {
  return JSON.parse(JSON.stringify(closeSchema(configurationFileSchema)), (name, value) =>
    name === sentence || name === fieldCode ? undefined : value,
  )
}

function object(required: readonly string[], properties: Schema) {
  return { type: 'object', ...(required.length > 0 && { required }), properties }
}

function list(items: Schema) {
  return { type: 'array', items }
}

/** REST bodies ignore unknown members; in a file they are mistakes. */
function closeSchema<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closeSchema) as T
  if (typeof schema !== 'object' || schema === null) return schema
  const members = Object.entries(schema).map(([name, value]) => [name, closeSchema(value)])
  const isObject = 'type' in schema && [schema.type].flat().includes('object') && 'properties' in schema
  return { ...Object.fromEntries(members), ...(isObject && { additionalProperties: false }) } as T
}

function describe(error: ErrorObject) {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
  if (error.keyword === 'additionalProperties')
    return { path: [...path, String(error.params.additionalProperty)], message: 'is not known' }
  if (error.keyword === 'required')
    return { path: [...path, String(error.params.missingProperty)], message: 'is required' }
  if (error.keyword === 'type') return { path, message: error.message ?? 'is invalid' }
  return { path, message: generalFieldError(error).message }
}
