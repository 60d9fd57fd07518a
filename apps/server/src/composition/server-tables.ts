import { pocketMigrations, pocketTables } from '@pocket/core/typeorm'
import { directoryMigrations, directoryTables } from '@pocket/directory/typeorm'
import { reminderTable } from '../account/reminder.table.ts'
import { apiKeyTable } from '../api-keys/api-key.table.ts'
import { favouriteTable } from '../apps/favourite.table.ts'
import { auditTable } from '../audit-log/audit-entry.table.ts'
import { serverHistory } from '../database/findings.ts'
import type { Schema } from '../database/migrated-database.ts'
import { CreateServerTables1760000000200 } from '../database/migrations/1760000000200-create-server-tables.ts'
import { CreateApiKeys1760000000210 } from '../database/migrations/1760000000210-create-api-keys.ts'
import { CreateAuditLog1760000000220 } from '../database/migrations/1760000000220-create-audit-log.ts'
import { CreateSettings1760000000230 } from '../database/migrations/1760000000230-create-settings.ts'
import { ExtendAuditLog1762000000010 } from '../database/migrations/1762000000010-extend-audit-log.ts'
import { CreateEmails1762000000020 } from '../database/migrations/1762000000020-create-emails.ts'
import { CreateImages1762000000040 } from '../database/migrations/1762000000040-create-images.ts'
import { CreateSignupTokens1762000000050 } from '../database/migrations/1762000000050-create-signup-tokens.ts'
import { CreateReminders1762000000100 } from '../database/migrations/1762000000100-create-reminders.ts'
import { CreateApprovals1762000000120 } from '../database/migrations/1762000000120-create-approvals.ts'
import { SealSignupTokens1762000000200 } from '../database/migrations/1762000000200-seal-signup-tokens.ts'
import { WaitForAddresses1762000000250 } from '../database/migrations/1762000000250-wait-for-addresses.ts'
import { CreateFavourites1762000000280 } from '../database/migrations/1762000000280-create-favourites.ts'
import { IndexUnsentEmails1762000000300 } from '../database/migrations/1762000000300-index-unsent-emails.ts'
import { KeepWaysBack1762000000310 } from '../database/migrations/1762000000310-keep-ways-back.ts'
import { CreateLdapRuns1762000000340 } from '../database/migrations/1762000000340-create-ldap-runs.ts'
import { CreateScimProviders1762000000350 } from '../database/migrations/1762000000350-create-scim-providers.ts'
import { PlaceAuditEntries1762000000360 } from '../database/migrations/1762000000360-place-audit-entries.ts'
import { emailTable } from '../email/email.table.ts'
import { verificationTable } from '../email/verification.table.ts'
import { fileTable } from '../files/file.table.ts'
import { imageTable } from '../images/image.table.ts'
import { jobTable } from '../jobs/job.table.ts'
import { ldapRunTable } from '../ldap/ldap-run.table.ts'
import { scimChangeTable, scimProviderTable } from '../scim/provider.table.ts'
import { settingTable } from '../settings/setting.table.ts'
import { approvalTable } from '../sign-up/approval.table.ts'
import { signupTokenTable } from '../sign-up/signup-token.table.ts'

const ownTables: Schema['tables'] = [
  jobTable,
  apiKeyTable,
  auditTable,
  settingTable,
  emailTable,
  verificationTable,
  signupTokenTable,
  imageTable,
  fileTable,
  reminderTable,
  approvalTable,
  favouriteTable,
  ldapRunTable,
  scimProviderTable,
  scimChangeTable,
]

/** All tables of this server. */
export const tables: Schema['tables'] = [...pocketTables, ...directoryTables, ...ownTables]

/** All migrations, in the order in which the sets run. */
export const migrations: Schema['migrations'] = [
  pocketMigrations,
  directoryMigrations,
  {
    table: serverHistory,
    tables: ownTables,
    migrations: [
      CreateServerTables1760000000200,
      CreateApiKeys1760000000210,
      CreateAuditLog1760000000220,
      CreateSettings1760000000230,
      ExtendAuditLog1762000000010,
      CreateEmails1762000000020,
      CreateImages1762000000040,
      CreateSignupTokens1762000000050,
      CreateReminders1762000000100,
      CreateApprovals1762000000120,
      SealSignupTokens1762000000200,
      WaitForAddresses1762000000250,
      CreateFavourites1762000000280,
      IndexUnsentEmails1762000000300,
      KeepWaysBack1762000000310,
      CreateLdapRuns1762000000340,
      CreateScimProviders1762000000350,
      PlaceAuditEntries1762000000360,
    ],
  },
]
