import type { ClientRegistrationPolicy } from '@pocket/core'
import type { Settings } from '../settings/settings.ts'

export interface RegistrationPolicyPorts {
  readonly settings: Pick<Settings, 'values'>
}

/** The policy for dynamic client registration according to the current settings. */
export function registrationPolicy({ settings }: RegistrationPolicyPorts) {
  return async (): Promise<ClientRegistrationPolicy> => {
    const { dynamicRegistration, dynamicRegistrationRestricted, cimdUrlAllowlist } = await settings.values()
    return {
      mode: dynamicRegistration,
      restrictToGroups: dynamicRegistrationRestricted,
      // Validated when the setting was saved.
      documentPatterns: cimdUrlAllowlist === '' ? [] : JSON.parse(cimdUrlAllowlist),
    }
  }
}
