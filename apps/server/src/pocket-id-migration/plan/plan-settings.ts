import { pocketIdKeys, type SettingKey, settingOf } from '../../settings/definitions.ts'
import { parseText } from '../../settings/setting.ts'
import type { ReportCollector } from '../report.ts'

export interface PlannedSetting {
  readonly key: SettingKey
  readonly value: unknown
}

/** Entries of the configuration that are not settings. */
const internalKeys: ReadonlySet<string> = new Set(['instanceid', 'instance_id', 'id'])

/** The settings; `texts` has their keys in any letter case. */
export function planSettings(texts: ReadonlyMap<string, string>, report: ReportCollector): readonly PlannedSetting[] {
  const remaining = new Map(Array.from(texts, ([key, value]) => [key.toLowerCase(), value]))
  const planned: PlannedSetting[] = []
  for (const key of pocketIdKeys) {
    const value = remaining.get(key.toLowerCase())
    remaining.delete(key.toLowerCase())
    if (value === undefined) continue
    report.found('setting')
    const setting = settingOf(key)
    const parsed = parseText(setting, value)
    if ('value' in parsed) {
      report.migrated('setting')
      planned.push({ key, value: parsed.value })
      continue
    }
    const shown = setting.kind.isSecret ? '' : ` ${value.slice(0, 100)}`
    const reason = `The value${shown} ${parsed.fault.message}; the default is used.`
    report.changed({ subject: 'setting', id: key, name: key }, reason)
  }
  for (const key of remaining.keys()) {
    if (internalKeys.has(key)) continue
    report.found('setting')
    report.leftOut({ subject: 'setting', id: key, name: key }, 'This server has no such setting.')
  }
  return planned
}
