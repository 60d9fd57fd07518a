import { addressSection } from './address.ts'
import { clientsSection } from './clients.ts'
import { containerSection } from './container.ts'
import { databaseSection } from './database.ts'
import { encryptionSection } from './encryption.ts'
import { filesSection } from './files.ts'
import { geoIpSection } from './geoip.ts'
import { listeningSection } from './listening.ts'
import { loggingSection } from './logging.ts'
import { outboundSection } from './outbound.ts'
import { ownSettingsSection } from './own-settings.ts'
import { passkeysSection } from './passkeys.ts'
import { apiSection } from './rest-api.ts'
import { settingsSection } from './settings.ts'
import type { Section } from './variable.ts'
import { versionCheckSection } from './version-check.ts'

/** All variables in the order of the reference. */
export const sections: readonly Section[] = [
  addressSection,
  listeningSection,
  databaseSection,
  filesSection,
  encryptionSection,
  apiSection,
  outboundSection,
  geoIpSection,
  clientsSection,
  passkeysSection,
  settingsSection,
  ownSettingsSection,
  versionCheckSection,
  loggingSection,
  containerSection,
]
