import { isJsonObject } from '@pocket/core/internal'

/** Control characters, which could manipulate a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const controls = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu

export function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(cell).join(', ')
  return (isJsonObject(value) ? labelOf(value) : String(value)).replace(controls, '?')
}

function labelOf(item: Readonly<Record<string, unknown>>): string {
  const { key, value, username, name, prefix } = item
  if (typeof key === 'string' && typeof value === 'string') return `${key}=${value}`
  const label = [key, username, name, prefix].find((text) => typeof text === 'string')
  return label === undefined ? JSON.stringify(item) : String(label)
}

/** Lines of aligned columns below their titles. */
export function tableLines(titles: readonly string[], rows: readonly (readonly unknown[])[]): readonly string[] {
  const cells = [titles, ...rows.map((row) => row.map(cell))]
  const widths = titles.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

export function detailLines(values: Readonly<Record<string, unknown>>): readonly string[] {
  const details = detailsOf(values)
  const width = Math.max(...details.map(([name]) => name.length))
  return details.map(([name, text]) => `${name.padEnd(width)}  ${text}`)
}

/** Members of objects are details of their own, without those that have no value. */
function detailsOf(values: Readonly<Record<string, unknown>>, prefix = ''): readonly (readonly [string, string])[] {
  return Object.entries(values).flatMap(([name, value]) =>
    isJsonObject(value)
      ? detailsOf(value, `${prefix}${name}.`).filter(([, text]) => text !== '-' && text !== 'no')
      : [[`${prefix}${name}`, cell(value)] as const],
  )
}
