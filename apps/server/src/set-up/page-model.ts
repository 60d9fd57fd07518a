/** `/login/setup`: creates the first administrator. */
export interface SetupPage {
  readonly view: 'setup'
}
