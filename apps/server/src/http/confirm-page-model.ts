import type { BulkNotice, RefusedItem } from './bulk.ts'
import type { Viewer } from './viewer.ts'

/** A confirmation before an action that cannot be undone or affects many items. */
export interface Confirmation {
  /** The prefix of its messages is `confirm.ACT`: `title`, `text` and `submit`; the title is `submit` with the items by default. */
  readonly act: string
  readonly names: readonly string[]
  readonly count: number
  /** Values for message placeholders, in addition to `name` and `count`. */
  readonly values?: Readonly<Record<string, string>>
  readonly submitTo: string
  /** Form fields in addition to `confirmed`. */
  readonly fields: readonly { readonly name: string; readonly value: string }[]
  /** The number of matches, if only the first ones are affected. */
  readonly total?: number
  /** A choice that the user must make with a picker; whether it was missing in a submitted form. */
  readonly choice?: { readonly name: string; readonly kind: string; readonly isMissing: boolean }
  /** The number of processed items of an action that was confirmed; the form continues it until all are processed. */
  readonly progress?: { readonly done: number; readonly total: number }
  /** The items of the action that were rejected so far. */
  readonly refused?: readonly RefusedItem[]
  readonly isDangerous: boolean
}

/** The confirmation before one item is deleted. */
export function removalConfirmation(act: string, name: string, submitTo: string): Confirmation {
  return { act, names: [name], count: 1, submitTo, fields: [], isDangerous: true }
}

/** The result of an action that signed out the administrator who ran it. */
export interface LockedOutPage {
  readonly view: 'locked-out'
  /** The view of the list, whose messages name the result. */
  readonly list: string
  readonly notice: BulkNotice
}

/** The confirmation page, for browsers without dialogs and for bulk actions. */
export interface ConfirmPage {
  readonly view: 'confirm'
  readonly viewer: Viewer
  /** The view that is marked as current in the navigation. */
  readonly within: string
  readonly confirmation: Confirmation
  readonly cancelTo: string
}
