import { claimList, textList } from '../checks.ts'
import { boolean, choice, defineSetting, text } from '../setting.ts'

/** `/settings/admin/application-configuration/sign-up`, by the groups of the page. */
export const signUp = {
  signUp: {
    allowUserSignups: defineSetting(choice('disabled', 'withToken', 'open'), {
      variable: 'ALLOW_USER_SIGNUPS',
      default: 'disabled',
      public: true,
      description:
        'Who may sign up: no one (`disabled`), people with a sign-up token (`withToken`), or everyone (`open`).',
    }),
    signUpVerification: defineSetting(boolean, {
      variable: 'SIGN_UP_VERIFICATION',
      default: false,
      description:
        'Whether people who sign up must verify an e-mail address first. Unverified sign-ups are deleted after a day.',
    }),
    signUpApproval: defineSetting(boolean, {
      variable: 'SIGN_UP_APPROVAL',
      default: false,
      description: 'Whether an administrator must approve each sign-up.',
    }),
  },
  newUsers: {
    signupDefaultUserGroupIDs: defineSetting(text(textList, { control: 'groups' }), {
      variable: 'SIGNUP_DEFAULT_USER_GROUP_IDS',
      default: '[]',
      description: 'The default groups of people who sign up: a JSON array of IDs.',
    }),
    signupDefaultCustomClaims: defineSetting(text(claimList, { control: 'claims' }), {
      variable: 'SIGNUP_DEFAULT_CUSTOM_CLAIMS',
      default: '[]',
      description:
        'The default custom claims of people who sign up: a JSON array such as `[{"key":"plan","value":"free"}]`.',
    }),
  },
} as const
