import type { Context } from 'koa'
import { assertCanChangeSettings } from '../access/access-checks.ts'
import { actorOf } from '../access/actor.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { named, namedObjectWith } from '../http/api/schema.ts'
import { parseValues, validChanges } from './changes.ts'
import { additionalKeys, perSetting, type SettingValues, settingOf } from './definitions.ts'
import { type Settings, settingsValidator } from './settings.ts'

const settingsApi = operationsIn('settings')

const path = '/api/settings'

const schemas = perSetting(additionalKeys, (key) => {
  const { kind, description } = settingOf(key)
  return { ...kind.schema, description: kind.unit ? `${description} In ${kind.unit}.` : description }
})

const settingsSchema = namedObjectWith('OwnSettingsDto', [...additionalKeys, 'locked'], {
  ...schemas,
  locked: {
    type: 'array',
    items: { type: 'string', enum: additionalKeys },
    description: 'Settings that are set by environment variables and cannot be changed here.',
  },
})

const body = named('OwnSettingsUpdateDto', {
  type: 'object',
  description: 'Missing settings are unchanged; `null` resets a setting to its default.',
  properties: perSetting(additionalKeys, (key) => {
    const schema = schemas[key]
    return { ...schema, ...(schema?.enum && { enum: [...schema.enum, null] }), type: [schema?.type, 'null'] }
  }),
})

/** `/api/settings`: the settings that Pocket ID does not have, as JSON values. */
export function settingsOperations(settings: Settings): readonly Operation[] {
  const response = { status: 200, schema: settingsSchema } as const
  const respond = (ctx: Context, values: SettingValues) => {
    ctx.set('ETag', settingsValidator(values, additionalKeys))
    return { ...perSetting(additionalKeys, (key) => values[key]), locked: additionalKeys.filter(settings.isFixed) }
  }
  return [
    settingsApi.get(path, {
      response,
      id: 'readOwnSettings',
      summary: 'Read the settings that Pocket ID does not have',
      handle: async ({ ctx }) => respond(ctx, await settings.present()),
    }),
    settingsApi.patch<typeof body, Readonly<Record<string, unknown>>>(path, {
      response,
      id: 'changeOwnSettings',
      conditional: true,
      summary: 'Change some of these settings',
      body,
      async handle(call) {
        const given = Object.fromEntries(additionalKeys.map((key) => [key, call.body[key]]))
        const values = await settings.change(actorOf(call), validChanges(parseValues(given)), {
          keys: additionalKeys,
          assertCanChange: (keys) => assertCanChangeSettings(call.ctx, keys),
        })
        return respond(call.ctx, values)
      },
    }),
  ]
}
