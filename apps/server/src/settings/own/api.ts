import type { Context } from 'koa'
import { assertCanChangeSettings } from '../../access/access-checks.ts'
import { actorOf } from '../../access/actor.ts'
import { type Operation, operation } from '../../http/api/operation.ts'
import { validatorOf } from '../../http/api/precondition.ts'
import { named } from '../../http/api/schema.ts'
import { type OwnSettingValues, ownSettingKeys, ownSettings } from './definitions.ts'
import type { OwnSettings } from './settings.ts'

const path = '/api/settings'

const schemas = Object.fromEntries(ownSettingKeys.map((key) => [key, ownSettings[key].schema]))

const answer = named('OwnSettingsDto', {
  type: 'object',
  required: [...ownSettingKeys, 'locked'],
  properties: {
    ...schemas,
    locked: {
      type: 'array',
      items: { type: 'string', enum: ownSettingKeys },
      description: 'The settings that the environment decides, so that nobody can change them here.',
    },
  },
})

const body = named('OwnSettingsUpdateDto', {
  type: 'object',
  description: 'What is absent stays as it is; null asks for the default.',
  properties: Object.fromEntries(
    ownSettingKeys.map((key) => {
      const { schema } = ownSettings[key]
      const orNull = 'enum' in schema && Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {}
      return [key, { ...schema, ...orNull, type: [schema.type, 'null'] as const }]
    }),
  ),
})

/** `/api/settings`: settings in addition to those of the contract. */
export function ownSettingsOperations(settings: OwnSettings): readonly Operation[] {
  const shared = { area: 'settings', path, answer: { status: 200, schema: answer } } as const
  const answered = (ctx: Context, values: OwnSettingValues) => {
    ctx.set('ETag', validatorOf(values))
    return { ...values, locked: settings.locked }
  }
  return [
    operation({
      ...shared,
      id: 'readOwnSettings',
      method: 'get',
      summary: 'Read the settings that are not among those of the contract',
      handle: async ({ ctx }) => answered(ctx, await settings.values()),
    }),
    operation<typeof body, Readonly<Record<string, unknown>>>({
      ...shared,
      id: 'changeOwnSettings',
      conditional: true,
      method: 'patch',
      summary: 'Change some of these settings',
      body,
      async handle(call) {
        const before: Readonly<Record<string, unknown>> = { ...(await settings.values()) }
        const changed = Object.entries(call.body).filter(([key, value]) => value !== undefined && value !== before[key])
        await assertCanChangeSettings(
          call.ctx,
          changed.map(([key]) => key),
        )
        return answered(call.ctx, await settings.change(actorOf(call), call.body))
      },
    }),
  ]
}
