import { ForbiddenError } from '@pocket/core/errors'
import { assertCanChangeSettings } from '../access/access-checks.ts'
import { actorOf } from '../access/actor.ts'
import { type Operation, operation } from '../http/api/operation.ts'
import { named } from '../http/api/schema.ts'
import { parseTexts, validChanges } from './changes.ts'
import { type PocketIdKey, perSetting, pocketIdKeys, type SettingValues, settingOf, textsOf } from './definitions.ts'
import { placeholder } from './setting.ts'
import { type Settings, settingsValidator } from './settings.ts'

const path = '/api/application-configuration'

const variableSchema = named('SettingVariable', {
  type: 'object',
  required: ['key', 'type', 'value'],
  properties: { key: { type: 'string' }, type: { type: 'string' }, value: { type: 'string' } },
})
const listSchema = { type: 'array', items: variableSchema } as const

const wholeVariableSchema = named('SettingVariableOfAdministrators', {
  type: 'object',
  required: [...variableSchema.required, 'isPublic'],
  properties: {
    ...variableSchema.properties,
    isPublic: { type: 'boolean', description: 'Whether everybody may read it.' },
  },
})
const wholeListSchema = { type: 'array', items: wholeVariableSchema } as const

const settingsBody = {
  type: 'object',
  properties: perSetting(pocketIdKeys, () => ({ type: 'string' })),
} as const

interface Variable {
  readonly key: string
  readonly type: string
  readonly value: string
}

/** `/api/application-configuration`: the settings of Pocket ID, as texts. */
export function pocketIdSettingsOperations(settings: Settings): readonly Operation[] {
  const administration = { area: 'settings' } as const
  return [
    operation({
      area: 'settings',
      id: 'readPublicSettings',
      method: 'get',
      path,
      summary: 'Read the settings that everybody may know',
      response: { status: 200, schema: listSchema },
      handle: async () => [
        ...publicVariables(await settings.values()),
        { key: 'uiConfigDisabled', type: 'boolean', value: String(settings.uiConfigDisabled) },
        { key: 'tracingEnabled', type: '', value: 'false' },
      ],
    }),
    operation({
      ...administration,
      id: 'readSettings',
      method: 'get',
      path: `${path}/all`,
      summary: 'Read all settings; a placeholder stands for each secret',
      response: { status: 200, schema: wholeListSchema },
      async handle({ ctx }) {
        const values = await settings.values()
        ctx.set('ETag', settingsValidator(values, pocketIdKeys))
        return variables(values)
      },
    }),
    operation({
      ...administration,
      id: 'replaceSettings',
      conditional: true,
      method: 'put',
      path,
      summary: 'Write all settings; the placeholder of a secret keeps it',
      note: 'A limited API key cannot change what decides who is let in: `smtp…`, `ldap…` and `emailOneTimeAccess…`.',
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
        call.ctx.set('ETag', settingsValidator(values, pocketIdKeys))
        return variables(values)
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
    const isKept = settingOf(key).kind.isSecret ? text === placeholder : false
    if (isKept || (isFixed(key) && (text === undefined || text === null))) return []
    return [[key, text ?? '']]
  })
  return Object.fromEntries(texts)
}

function publicVariables(values: SettingValues): readonly Variable[] {
  return variables(values)
    .filter(({ isPublic }) => isPublic)
    .map(({ isPublic: _, ...variable }) => variable)
}

function variables(values: SettingValues): readonly (Variable & { readonly isPublic: boolean })[] {
  const texts = textsOf(values)
  return pocketIdKeys.map((key) => {
    const { kind, public: isPublic = false } = settingOf(key)
    return { key, type: kind.type, value: kind.isSecret && texts[key] !== '' ? placeholder : texts[key], isPublic }
  })
}
