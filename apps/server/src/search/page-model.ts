import type { PickedItem } from '../http/choices.ts'
import type { FormField } from '../http/form.ts'
import type { SignedInPage } from '../http/viewer.ts'

/** In display order. */
export const resultKinds = ['page', 'setting', 'application', 'user', 'group', 'client'] as const
export type ResultKind = (typeof resultKinds)[number]

export interface SearchResult {
  readonly kind: ResultKind
  readonly name: string
  /** Distinguishes results with the same name; may be empty. */
  readonly detail: string
  /** A path on this server, or the URL of an application. */
  readonly href: string
}

/** `/settings/search`: the command palette as a page. */
export interface SearchPage extends SignedInPage<'search'> {
  readonly query: string
  readonly maxQueryLength: number
  readonly results: readonly SearchResult[]
}

export const choiceKinds = ['users', 'groups', 'clients', 'restricted-clients', 'apis', 'permissions'] as const
export type ChoiceKind = (typeof choiceKinds)[number]

/** `/settings/admin/choose/KIND`: a picker of a form as a separate page, which carries the other fields of the form. */
export interface ChoosePage extends SignedInPage<'choose'> {
  readonly kind: ChoiceKind
  readonly field: string
  readonly query: string
  readonly maxQueryLength: number
  readonly here: string
  readonly submitTo: string
  readonly submitMethod: 'get' | 'post'
  readonly fields: readonly FormField[]
  readonly chosen: readonly PickedItem[]
  readonly found: readonly PickedItem[]
  readonly total: number
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly choose: ChoosePage
    readonly search: SearchPage
  }
}
