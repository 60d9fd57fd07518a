import type { Client } from '@pocket/core'
import type { FieldView, SectionView } from './page-model.ts'
import type { ClientField } from './settings/field.ts'
import { type FieldProblem, type FormValues, storedValues } from './settings/section-form.ts'
import { sections } from './settings/sections.ts'

/** Fields defined by the client ID metadata document (see `fieldsOutsideDocument` of core). */
const documentFields = new Set([
  'name',
  'redirectUris',
  'postLogoutRedirectUris',
  'isPublic',
  'pkceRequired',
  'federatedIdentities',
  'protocol.tokenEndpointAuthMethod',
  'protocol.jwks',
  'protocol.jwksUri',
  'protocol.fapi',
  'protocol.implicitIdToken',
  'protocol.requireSignedRequestObject',
])

/** The submitted values with their errors; fields that were not submitted have their stored value. */
export interface SubmittedSettings {
  readonly values: FormValues
  readonly problems: readonly FieldProblem[]
}

export function isLocked({ type }: Pick<Client, 'type'>, { name }: Pick<ClientField, 'name'>): boolean {
  return type === 'cimd' && documentFields.has(name)
}

/** The sections with their form values: stored ones, or submitted ones that were rejected. */
export function sectionViews(client: Client, submitted: SubmittedSettings | null): readonly SectionView[] {
  const problems = submitted?.problems ?? []
  return sections.map(({ name, advanced, fields }) => {
    const values = new Map([...storedValues(fields, client), ...(submitted?.values ?? [])])
    return {
      name,
      advanced,
      isOpen: problems.some(({ field }) => fields.some((each) => each.name === field)),
      fields: fields.map((field) => fieldView(field, values, problems, isLocked(client, field))),
    }
  })
}

function fieldView(
  field: ClientField,
  values: FormValues,
  problems: readonly FieldProblem[],
  locked: boolean,
): FieldView {
  const value = values.get(field.name) ?? ''
  return {
    name: field.name,
    key: field.key,
    kind: field.kind,
    ...(field.kind !== 'rows' && field.options && { options: field.options }),
    value: typeof value === 'string' ? value : '',
    columns: field.kind === 'rows' ? field.columns : [],
    rows: typeof value === 'string' ? [] : value,
    problems: problems.filter(({ field: path }) => path === field.name),
    isLocked: locked,
  }
}
