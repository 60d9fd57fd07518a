/** `/login/setup`: creates the administrator. */
export interface SetupPage {
  readonly view: 'setup'
}
