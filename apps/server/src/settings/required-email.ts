import type { SettingValues } from './definitions.ts'

/** Whether every user needs an e-mail address. Without a mail server it would serve nothing. */
export function isEmailRequired({
  requireUserEmail,
  smtpHost,
}: Pick<SettingValues, 'requireUserEmail' | 'smtpHost'>): boolean {
  return requireUserEmail && smtpHost !== ''
}
