import type { PresentSettings } from '../save-section.ts'
import type { SectionName } from './sections.ts'

/** The status of a section in one word; the message is `settings.leads.SECTION.WORD`. */
export function leadOf(section: SectionName, { contract, own }: PresentSettings): string {
  switch (section) {
    case 'general':
      return 'usual'
    case 'sign-up':
      return contract.allowUserSignups
    case 'email':
      return contract.smtpHost === '' || contract.smtpFrom === '' ? 'off' : 'on'
    case 'ldap':
      return contract.ldapEnabled === 'true' && contract.ldapUrl !== '' ? 'on' : 'off'
    case 'oidc':
      return own.dynamicRegistration
  }
}
