/** `/login/setup`: creates the first administrator. */
export interface SetupPage {
  readonly view: 'setup'
  /** The page that migrates an instance of Pocket ID; `null` if this instance is not empty. */
  readonly migrationUrl: string | null
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly setup: SetupPage
  }
}
