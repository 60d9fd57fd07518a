import type { ClientRegistrationPolicy } from '@pocket/core'
import type { OwnSettings } from '../settings/own/settings.ts'
import type { Settings } from '../settings/settings.ts'

export interface RegistrationPolicyPorts {
  readonly settings: Pick<Settings, 'values'>
  readonly ownSettings: Pick<OwnSettings, 'recent'>
}

/** The policy for dynamic client registration according to the current settings. */
export function registrationPolicy({ settings, ownSettings }: RegistrationPolicyPorts) {
  return async (): Promise<ClientRegistrationPolicy> => {
    const { dynamicRegistration, dynamicRegistrationRestricted } = await ownSettings.recent()
    const { cimdUrlAllowlist } = await settings.values()
    return {
      mode: dynamicRegistration,
      restrictToGroups: dynamicRegistrationRestricted,
      // Validated when the setting was saved.
      documentPatterns: cimdUrlAllowlist === '' ? [] : JSON.parse(cimdUrlAllowlist),
    }
  }
}
