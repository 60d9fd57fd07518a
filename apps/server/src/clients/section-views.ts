import type { Client } from '@pocket/core'
import type { FieldView, SectionView } from './page-model.ts'
import type { ClientField } from './settings/field.ts'
import { type FieldProblem, type SectionValues, storedValues } from './settings/section-form.ts'
import { sections } from './settings/sections.ts'

/** What a client that describes itself by a metadata document says in it (see `fieldsOutsideDocument` of core). */
const ofDocument = new Set([
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

/** What was entered in one of the sections, and why it was refused. */
export interface EnteredSection {
  readonly name: string
  readonly values: SectionValues
  readonly problems: readonly FieldProblem[]
}

export function isLocked({ type }: Pick<Client, 'type'>, { name }: Pick<ClientField, 'name'>): boolean {
  return type === 'cimd' && ofDocument.has(name)
}

/** The sections as their forms show them: what is stored, or what was entered and refused. */
export function sectionViews(client: Client, entered: EnteredSection | null): readonly SectionView[] {
  return sections.map((section) => {
    const own = entered?.name === section.name ? entered : null
    const values = own?.values ?? storedValues(section, client)
    return {
      name: section.name,
      advanced: section.advanced,
      isOpen: own !== null,
      fields: section.fields.map((field) => fieldView(field, values, own?.problems ?? [], isLocked(client, field))),
    }
  })
}

function fieldView(
  field: ClientField,
  values: SectionValues,
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
    problems: problems.filter(({ field: at }) => at === field.name),
    isLocked: locked,
  }
}
