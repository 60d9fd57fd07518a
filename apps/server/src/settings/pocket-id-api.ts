import type { AuditSink } from '@pocket/core'
import { ForbiddenError } from '@pocket/core/errors'
import { assertCanChangeSettings } from '../access/access-checks.ts'
import { actorOf } from '../access/actor.ts'
import { mask, showsSecrets } from '../access/secret-access.ts'
import { type Call, type Operation, operationsIn } from '../http/api/operation.ts'
import { namedObject, namedObjectWith } from '../http/api/schema.ts'
import { parseTexts, validChanges } from './changes.ts'
import { type PocketIdKey, perSetting, pocketIdKeys, type SettingValues, settingOf, textsOf } from './definitions.ts'
import { type Settings, settingsValidator } from './settings.ts'

const settingsApi = operationsIn('settings')

const path = '/api/application-configuration'

const variableSchema = namedObject('SettingVariable', {
  key: { type: 'string' },
  type: { type: 'string' },
  value: { type: 'string' },
})
const listSchema = { type: 'array', items: variableSchema } as const

const wholeVariableSchema = namedObjectWith(
  'SettingVariableOfAdministrators',
  [...variableSchema.required, 'isPublic'],
  {
    ...variableSchema.properties,
    isPublic: { type: 'boolean', description: 'Whether everybody may read it.' },
  },
)
const wholeListSchema = { type: 'array', items: wholeVariableSchema } as const

const settingsBody = {
  type: 'object',
  properties: perSetting(pocketIdKeys, () => ({ type: 'string' })),
} as const

const secretsNote =
  'An API key with the permission to read secrets gets them in plain text; others get a mask, and the header `Pocket-Masked` names the fields.'

interface Variable {
  readonly key: string
  readonly type: string
  readonly value: string
}

/** `/api/application-configuration`: the settings of Pocket ID, as strings. */
export function pocketIdSettingsOperations(settings: Settings, audit: AuditSink): readonly Operation[] {
  const respond = async (call: Pick<Call<unknown>, 'user' | 'ctx'>, values: SettingValues) => {
    call.ctx.set('ETag', settingsValidator(values, pocketIdKeys))
    const secrets = pocketIdKeys.filter((key) => settingOf(key).kind.isSecret && values[key] !== '')
    // As in Pocket ID, a secret from the environment is never shown.
    const [fixed, stored] = [secrets.filter(settings.isFixed), secrets.filter((key) => !settings.isFixed(key))]
    if (fixed.length > 0) call.ctx.append('Pocket-Masked', fixed.join(', '))
    const isShown = await showsSecrets(call, audit, { fields: stored })
    return variables(values, new Set(isShown ? fixed : secrets))
  }
  return [
    settingsApi.get(path, {
      id: 'readPublicSettings',
      summary: 'Read the settings that everybody may know',
      response: { status: 200, schema: listSchema },
      handle: async () => [
        ...publicVariables(await settings.values()),
        { key: 'uiConfigDisabled', type: 'boolean', value: String(settings.uiConfigDisabled) },
        { key: 'tracingEnabled', type: '', value: 'false' },
      ],
    }),
    settingsApi.get(`${path}/all`, {
      id: 'readSettings',
      summary: 'Read all settings',
      note: secretsNote,
      response: { status: 200, schema: wholeListSchema },
      handle: async (call) => respond(call, await settings.values()),
    }),
    settingsApi.put(path, {
      id: 'replaceSettings',
      conditional: true,
      summary: 'Replace all settings; a secret sent as its mask is kept',
      note: `A limited API key cannot change the settings of e-mail and LDAP: \`smtp…\`, \`ldap…\` and \`emailOneTimeAccess…\`. ${secretsNote}`,
      body: settingsBody,
      response: { status: 200, schema: wholeListSchema },
      async handle(call) {
        if (settings.uiConfigDisabled)
          throw new ForbiddenError(
            'ui_config_disabled',
            'The UI configuration is disabled: all settings come from the environment.',
          )
        const changes = validChanges(parseTexts(replacement(call.body, settings)))
        const values = await settings.change(actorOf(call), changes, {
          keys: pocketIdKeys,
          assertCanChange: (keys) => assertCanChangeSettings(call.ctx, keys),
        })
        return respond(call, values)
      },
    }),
  ]
}

/** A missing setting counts as empty, unless the environment provides it. */
function replacement(
  body: Readonly<Partial<Record<PocketIdKey, string | null>>>,
  { isFixed }: Pick<Settings, 'isFixed'>,
): Readonly<Partial<Record<PocketIdKey, string>>> {
  const texts = pocketIdKeys.flatMap((key) => {
    const text = body[key]
    const isKept = settingOf(key).kind.isSecret ? text === mask : false
    if (isKept || (isFixed(key) && (text === undefined || text === null))) return []
    return [[key, text ?? '']]
  })
  return Object.fromEntries(texts)
}

function publicVariables(values: SettingValues): readonly Variable[] {
  return variables(values, new Set())
    .filter(({ isPublic }) => isPublic)
    .map(({ isPublic: _, ...variable }) => variable)
}

function variables(
  values: SettingValues,
  masked: ReadonlySet<PocketIdKey>,
): readonly (Variable & { readonly isPublic: boolean })[] {
  const texts = textsOf(values)
  return pocketIdKeys.map((key) => {
    const { kind, public: isPublic = false } = settingOf(key)
    return { key, type: kind.type, value: masked.has(key) ? mask : texts[key], isPublic }
  })
}
