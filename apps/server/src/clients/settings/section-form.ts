import type { Client } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { Context } from 'koa'
import { formText, formTexts } from '../../http/form.ts'
import { type ClientChange, type ClientField, type FieldValue, type RowsField, together } from './field.ts'
import { type ClientSection, sections } from './sections.ts'

/** Longest text of a field: a set of keys takes the most. */
const longest = 50_000
/** Longest text in a row. */
const maxCellLength = 2000

/** What a form holds, by the names of its fields. */
export type SectionValues = ReadonlyMap<string, FieldValue>

/** Why a field was refused, as a page says it. */
export interface FieldProblem {
  readonly field: string
  readonly key: string
  readonly code: string
  /** The entry of a list that is meant, where it is one. */
  readonly value: string
}

export function sectionNamed(name: string): ClientSection | undefined {
  return sections.find((section) => section.name === name)
}

/** What is stored. */
export function storedValues({ fields }: ClientSection, client: Client): SectionValues {
  return new Map(fields.map((field) => [field.name, field.read(client)]))
}

/** What was entered. @throws {InvalidInput} `validation_failed` where it is no form of ours */
export function enteredValues({ fields }: ClientSection, ctx: Context): SectionValues {
  return new Map(
    fields.map((field) => [
      field.name,
      field.kind === 'rows' ? enteredRows(field, ctx) : formText(ctx, field.name, longest).replaceAll('\r\n', '\n'),
    ]),
  )
}

/** What it changes. @throws {InvalidInput} `validation_failed` where a text cannot be read */
export function changeOf({ fields }: ClientSection, values: SectionValues): ClientChange {
  return together(fields.map((field) => changeOfField(field, values.get(field.name))))
}

/** Problems of core by the fields of the section. */
export function problemsOf(
  { fields }: ClientSection,
  values: SectionValues,
  errors: readonly FieldError[],
): readonly FieldProblem[] {
  return errors.map(({ field: at, code }) => {
    const found = fields.find(({ name }) => at === name || at.startsWith(`${name}[`) || at.startsWith(`${name}.`))
    const value = found && values.get(found.name)
    const index = Number(/\d+/.exec(at)?.[0])
    const lines = typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : []
    return { field: found?.name ?? at, key: found?.key ?? at, code, value: lines[index] ?? '' }
  })
}

/** Values as a person compares them, by the keys of their fields. */
export function comparable({ fields }: ClientSection, values: SectionValues): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fields.map(({ name, key }) => {
      const value = values.get(name) ?? ''
      return [key, typeof value === 'string' ? value.split(/\s*\n\s*/).join(' ') : value.map(rowText).join('; ')]
    }),
  )
}

function rowText(row: readonly string[]): string {
  return row.filter((cell) => cell !== '').join(' · ')
}

function enteredRows({ name, columns }: RowsField, ctx: Context): readonly (readonly string[])[] {
  const cells = columns.map((column) => formTexts(ctx, `${name}.${column.name}`, maxCellLength))
  const count = Math.max(0, ...cells.map(({ length }) => length))
  return Array.from({ length: count }, (_, row) => cells.map((column) => (column[row] ?? '').trim())).filter((row) =>
    row.some((cell, index) => cell !== '' && columns[index]?.options === undefined),
  )
}

function changeOfField(field: ClientField, value: FieldValue | undefined): ClientChange {
  if (field.kind === 'rows') return field.write(typeof value === 'string' ? [] : (value ?? []))
  return field.write(typeof value === 'string' ? value : '')
}
