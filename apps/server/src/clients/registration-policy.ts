import type { RegistrationPolicy } from '@pocket/core'
import type { OwnSettings } from '../settings/own/settings.ts'
import type { Settings } from '../settings/settings.ts'

export interface RegistrationPolicyPorts {
  readonly settings: Pick<Settings, 'values'>
  readonly ownSettings: Pick<OwnSettings, 'recent'>
}

/** Which clients may register themselves, as the settings have it at the moment. */
export function registrationPolicy({ settings, ownSettings }: RegistrationPolicyPorts) {
  return async (): Promise<RegistrationPolicy> => {
    const { dynamicRegistration, dynamicRegistrationRestricted } = await ownSettings.recent()
    const { cimdUrlAllowlist } = await settings.values()
    return {
      mode: dynamicRegistration,
      restrictToGroups: dynamicRegistrationRestricted,
      // It was checked when it was written.
      documentPatterns: cimdUrlAllowlist === '' ? [] : JSON.parse(cimdUrlAllowlist),
    }
  }
}
