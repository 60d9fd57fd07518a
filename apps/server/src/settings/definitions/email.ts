import { anyText, emailAddress, line, port } from '../checks.ts'
import { boolean, choice, defineSetting, secret, text } from '../setting.ts'

/** `/settings/admin/application-configuration/email`, by the groups of the page. */
export const email = {
  server: {
    smtpHost: defineSetting(text(line(), { maxlength: 255 }), {
      variable: 'SMTP_HOST',
      default: '',
      description: 'The host name of the SMTP server.',
    }),
    smtpPort: defineSetting(text(port, { maxlength: 5 }), {
      variable: 'SMTP_PORT',
      default: '',
      description: 'The TCP port of the SMTP server.',
    }),
    smtpTls: defineSetting(choice('tls', 'starttls', 'none'), {
      variable: 'SMTP_TLS',
      default: 'none',
      description: 'The encryption of the SMTP connection: `none`, `starttls` or `tls`.',
    }),
    smtpFrom: defineSetting(text(emailAddress, { maxlength: 254, control: 'email' }), {
      variable: 'SMTP_FROM',
      default: '',
      description: 'The sender address of e-mails.',
    }),
    smtpUser: defineSetting(text(line(), { maxlength: 255 }), {
      variable: 'SMTP_USER',
      default: '',
      description: 'The user name for the SMTP server.',
    }),
    smtpPassword: defineSetting(secret(anyText), {
      variable: 'SMTP_PASSWORD',
      default: '',
      description: 'The password for the SMTP server.',
    }),
    smtpSkipCertVerify: defineSetting(boolean, {
      variable: 'SMTP_SKIP_CERT_VERIFY',
      default: false,
      description:
        "Whether the SMTP server's certificate is not verified. Anyone on the network path can then read the connection.",
    }),
  },
  sent: {
    emailLoginNotificationEnabled: defineSetting(boolean, {
      variable: 'EMAIL_LOGIN_NOTIFICATION_ENABLED',
      default: false,
      description: 'Whether people receive an e-mail about sign-ins on new devices.',
    }),
    emailVerificationEnabled: defineSetting(boolean, {
      variable: 'EMAIL_VERIFICATION_ENABLED',
      default: false,
      public: true,
      description: 'Whether people must verify their e-mail address.',
    }),
    emailApiKeyExpirationEnabled: defineSetting(boolean, {
      variable: 'EMAIL_API_KEY_EXPIRATION_ENABLED',
      default: false,
      description: 'Whether people receive an e-mail before one of their API keys expires.',
    }),
    emailOneTimeAccessAsAdminEnabled: defineSetting(boolean, {
      variable: 'EMAIL_ONE_TIME_ACCESS_AS_ADMIN_ENABLED',
      default: false,
      public: true,
      description: 'Whether administrators can send login codes by e-mail.',
    }),
    emailOneTimeAccessAsUnauthenticatedEnabled: defineSetting(boolean, {
      variable: 'EMAIL_ONE_TIME_ACCESS_AS_UNAUTHENTICATED_ENABLED',
      default: false,
      public: true,
      description:
        'Whether people can request a login code by e-mail. Access to their mailbox is then enough to sign in.',
    }),
  },
} as const
