import { color, line, pageAddress } from '../checks.ts'
import { boolean, choice, defineSetting, number, text } from '../setting.ts'

/** `/settings/admin/application-configuration`, by the groups of the page. */
export const general = {
  instance: {
    appName: defineSetting(text(line(30), { maxlength: 30, isRequired: true }), {
      variable: 'APP_NAME',
      default: 'Pocket ID',
      public: true,
      description: 'The name of this instance, 1 to 30 characters. New passkeys use it after the next start.',
    }),
    homePageUrl: defineSetting(text(pageAddress, { isRequired: true }), {
      variable: 'HOME_PAGE_URL',
      default: '/settings/account',
      public: true,
      description: 'The page shown after sign-in: a path of this server or an http(s) URL.',
    }),
  },
  appearance: {
    accentColor: defineSetting(text(color, { control: 'color' }), {
      variable: 'ACCENT_COLOR',
      default: 'default',
      public: true,
      description: 'The color of buttons and links: `default` or a CSS color.',
    }),
    disableAnimations: defineSetting(boolean, {
      variable: 'DISABLE_ANIMATIONS',
      default: false,
      public: true,
      description: 'Whether animations are turned off.',
    }),
  },
  sessions: {
    sessionDuration: defineSetting(number(1, 5_256_000, 'minutes'), {
      variable: 'SESSION_DURATION',
      default: 60,
      description: 'The lifetime of a session after its last use. A change takes effect after the next start.',
    }),
    sessionIdleMinutes: defineSetting(number(0, 525_600, 'minutes'), {
      variable: 'SESSION_IDLE_MINUTES',
      default: 0,
      description:
        'The idle timeout of a session; with 0 the session duration counts from the last use instead of the sign-in.',
    }),
  },
  accounts: {
    allowOwnAccountEdit: defineSetting(boolean, {
      variable: 'ALLOW_OWN_ACCOUNT_EDIT',
      default: true,
      public: true,
      description: 'Whether people may edit their own profile; they can always change their language.',
    }),
    ownAccountRemoval: defineSetting(boolean, {
      variable: 'OWN_ACCOUNT_REMOVAL',
      default: false,
      description: 'Whether people can delete their own account.',
    }),
    requireUserEmail: defineSetting(boolean, {
      variable: 'REQUIRE_USER_EMAIL',
      default: true,
      public: true,
      description: 'Whether every user must have an e-mail address; applies once `SMTP_HOST` is set.',
    }),
    emailsVerified: defineSetting(boolean, {
      variable: 'EMAILS_VERIFIED',
      default: false,
      description: 'Whether e-mail addresses entered by people count as verified.',
    }),
  },
  recovery: {
    recoveryCodes: defineSetting(choice('disabled', 'users', 'two-passkeys', 'everyone'), {
      variable: 'RECOVERY_CODES',
      default: 'users',
      description:
        'Who may create and use recovery codes: no one (`disabled`), everyone but administrators (`users`), everyone but administrators, who need two passkeys to administer (`two-passkeys`), or `everyone`.',
    }),
    recoveryByEmail: defineSetting(choice('disabled', '1d', '2d', '3d', '7d'), {
      variable: 'RECOVERY_BY_EMAIL',
      default: 'disabled',
      description:
        'Whether a user can recover the account by e-mail, and the waiting period before the code is sent. Needs a verified e-mail address; administrators only if `RECOVERY_CODES` is `everyone`.',
    }),
  },
  records: {
    auditLogRetentionDays: defineSetting(number(1, 36_500, 'days'), {
      variable: 'AUDIT_LOG_RETENTION_DAYS',
      default: 90,
      description: 'The retention of audit events. Older ones are deleted every hour.',
    }),
  },
} as const
