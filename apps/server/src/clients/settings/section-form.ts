import type { Client } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { Context } from 'koa'
import { formText, formTexts } from '../../http/form.ts'
import { type ClientChange, type ClientField, type FieldValue, mergeChanges, type RowsField } from './field.ts'
import { sections } from './sections.ts'

/** Maximum length of a field: a JSON Web Key Set is the longest value. */
const maxValueLength = 50_000
/** Maximum length of a cell in a row. */
const maxCellLength = 2000

export type FormValues = ReadonlyMap<string, FieldValue>

/** A field error as the page shows it. */
export interface FieldProblem {
  readonly field: string
  readonly key: string
  readonly code: string
  /** The invalid entry, if the field is a list. */
  readonly value: string
}

export function fieldsOf(sectionNames: readonly string[]): readonly ClientField[] {
  return sections.filter(({ name }) => sectionNames.includes(name)).flatMap(({ fields }) => fields)
}

export function storedValues(fields: readonly ClientField[], client: Client): FormValues {
  return new Map(fields.map((field) => [field.name, field.read(client)]))
}

/** The submitted values. @throws {InvalidInputError} `validation_failed` if the form data is malformed */
export function submittedValues(fields: readonly ClientField[], ctx: Context): FormValues {
  return new Map(
    fields.map((field) => [
      field.name,
      field.kind === 'rows'
        ? submittedRows(field, ctx)
        : formText(ctx, field.name, maxValueLength).replaceAll('\r\n', '\n'),
    ]),
  )
}

/** The change that the values make. @throws {InvalidInputError} `validation_failed` if a value cannot be parsed */
export function changeOf(fields: readonly ClientField[], values: FormValues): ClientChange {
  return mergeChanges(fields.map((field) => changeOfField(field, values.get(field.name))))
}

/** Maps field errors of core to the fields of the form. */
export function problemsOf(
  fields: readonly ClientField[],
  values: FormValues,
  errors: readonly FieldError[],
): readonly FieldProblem[] {
  return errors.map(({ field: path, code }) => {
    const match = fields.find(({ name }) => path === name || path.startsWith(`${name}[`) || path.startsWith(`${name}.`))
    const value = match && values.get(match.name)
    const index = Number(/\d+/.exec(path)?.[0])
    const lines = typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : []
    return { field: match?.name ?? path, key: match?.key ?? path, code, value: lines[index] ?? '' }
  })
}

/** The values as display text for comparison, by field key. */
export function displayTexts(fields: readonly ClientField[], values: FormValues): Readonly<Record<string, string>> {
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

function submittedRows({ name, columns }: RowsField, ctx: Context): readonly (readonly string[])[] {
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
