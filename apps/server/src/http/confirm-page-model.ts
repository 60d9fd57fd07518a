import type { Viewer } from './viewer.ts'

/** What a person is asked before something that cannot be undone, or that concerns many. */
export interface Confirmation {
  /** Its sentences are below `confirm.ACT` in the catalogue: `title`, `text` and `submit`, with plural forms, and `titleOf` and `submitOf` where one is named. */
  readonly act: string
  /** Whom or what it concerns, by name, as far as they are shown. */
  readonly names: readonly string[]
  /** How many it concerns. */
  readonly count: number
  /** For the placeholders of the sentences, beside `name` and `count`. */
  readonly values?: Readonly<Record<string, string>>
  readonly submitTo: string
  /** What the form sends beside `confirmed`. */
  readonly fields: readonly { readonly name: string; readonly value: string }[]
  /** Something that has to be chosen for it. */
  readonly choice?: {
    readonly name: string
    readonly options: readonly { readonly value: string; readonly label: string }[]
  }
  readonly isDangerous: boolean
}

/** The page that asks, for browsers without the dialog, and for what concerns many. */
export interface ConfirmPage {
  readonly view: 'confirm'
  readonly viewer: Viewer
  /** The view to which it belongs, for the rail. */
  readonly within: string
  readonly confirmation: Confirmation
  readonly cancelTo: string
}
