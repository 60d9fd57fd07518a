/** `/login/setup`: creates the first administrator. */
export interface SetupPage {
  readonly view: 'setup'
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly setup: SetupPage
  }
}
