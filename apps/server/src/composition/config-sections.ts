import { addressSection } from '../config/address.ts'
import { auditLogSection } from '../config/audit-log.ts'
import { backupSection } from '../config/backup.ts'
import { clientsSection } from '../config/clients.ts'
import { configurationFileSection } from '../config/configuration-file.ts'
import { containerSection } from '../config/container.ts'
import { databaseSection } from '../config/database.ts'
import { encryptionSection } from '../config/encryption.ts'
import { filesSection } from '../config/files.ts'
import { geoIpSection } from '../config/geoip.ts'
import { listeningSection } from '../config/listening.ts'
import { loggingSection } from '../config/logging.ts'
import { outboundSection } from '../config/outbound.ts'
import { passkeysSection } from '../config/passkeys.ts'
import { apiSection } from '../config/rest-api.ts'
import { telemetrySection } from '../config/telemetry.ts'
import { tlsSection } from '../config/tls.ts'
import type { Section } from '../config/variable.ts'
import { versionCheckSection } from '../config/version-check.ts'
import { additionalSettingsSection, settingsSection } from '../settings/environment.ts'

/** All variables in the order of the reference. */
export const sections: readonly Section[] = [
  addressSection,
  listeningSection,
  tlsSection,
  databaseSection,
  backupSection,
  filesSection,
  encryptionSection,
  apiSection,
  outboundSection,
  geoIpSection,
  clientsSection,
  passkeysSection,
  settingsSection,
  additionalSettingsSection,
  configurationFileSection,
  versionCheckSection,
  loggingSection,
  auditLogSection,
  telemetrySection,
  containerSection,
]
