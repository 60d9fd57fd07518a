import type { Directory } from '@pocket/directory'
import type { Item, Kind } from '../../configuration-file/kind.ts'
import { parseValues, validChanges } from '../../settings/changes.ts'
import { type SettingKey, settingKeys, settingOf } from '../../settings/definitions.ts'
import type { Settings } from '../../settings/settings.ts'
import { claimsBody } from '../../users/user-body.ts'
import { findGroupIds, findGroupNames, referencesIn, text } from './values.ts'

export interface SettingKindDeps {
  readonly directory: Directory
  readonly settings: Settings
}

const secretKeys = settingKeys.filter((key) => settingOf(key).kind.isSecret)
/** Settings that are lists as JSON strings: of group IDs, for which the file has names, and of custom claims. */
const groupKeys = settingKeys.filter((key) => settingOf(key).kind.control.kind === 'groups')
const claimKeys = settingKeys.filter((key) => settingOf(key).kind.control.kind === 'claims')

/** The settings are one object that always exists. */
export function settingKind({ directory, settings }: SettingKindDeps): Kind {
  const read = async () => {
    const item: Record<string, unknown> = { ...(await settings.present()) }
    for (const key of claimKeys) item[key] = JSON.parse(text(item[key]))
    for (const key of groupKeys) item[key] = await findGroupNames(directory, JSON.parse(text(item[key])))
    return { id: 'settings', item }
  }
  return {
    name: 'settings',
    key: '',
    secrets: secretKeys,
    find: read,
    findById: read,
    async list() {
      const { item } = await read()
      const values = await settings.present()
      const isShown = (key: SettingKey) =>
        !secretKeys.includes(key) &&
        !settings.isFixed(key) &&
        JSON.stringify(values[key]) !== JSON.stringify(settingOf(key).default)
      return [Object.fromEntries(settingKeys.filter(isShown).map((key) => [key, item[key]]))]
    },
    references: (item) => groupKeys.flatMap((key) => referencesIn('groups', item, key)),
    normalize: (item) => item,
    create: async () => 'settings',
    async update(actor, _, item, fields) {
      const changed: Record<string, unknown> = Object.fromEntries(fields.map((field) => [field, item[field]]))
      for (const key of claimKeys) if (key in changed) changed[key] = JSON.stringify(changed[key])
      for (const key of groupKeys)
        if (key in changed) changed[key] = JSON.stringify(await findGroupIds(directory, changed[key]))
      await settings.change(actor, validChanges(parseValues(changed)), { keys: [] })
      return 'settings'
    },
    remove: async () => {},
  }
}

export function settingProperties(): Item {
  return Object.fromEntries(
    settingKeys.map((key) => {
      const { kind, description } = settingOf(key)
      const schema = groupKeys.includes(key)
        ? { type: 'array', items: { type: 'string' } }
        : claimKeys.includes(key)
          ? claimsBody
          : kind.schema
      return [key, { ...schema, description: kind.unit ? `${description} In ${kind.unit}.` : description }]
    }),
  )
}
