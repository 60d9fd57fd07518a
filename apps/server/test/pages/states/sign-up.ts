import type { PageModel } from '../../../src/http/page-models.ts'

export const signUpStates: Readonly<Record<string, PageModel>> = {
  setup: { view: 'setup' },
  'sign-up': { view: 'sign-up', token: '', emailRequired: true, submitTo: '/signup', signInAt: '/login' },
  'add-passkey': {
    view: 'add-passkey',
    name: 'Anna Koch',
    submitTo: '/signup/add-passkey',
    laterAt: '/settings/account',
  },
  'sign-up-by-token': {
    view: 'sign-up',
    token: 'aB3dE5gH7jK9mN1p',
    emailRequired: false,
    submitTo: '/signup?redirect=%2Finteraction%2F1',
    signInAt: '/interaction/1',
  },
  'sign-up-waiting': { view: 'sign-up-waiting' },
}
