import type { PageModel } from './page-models.ts'
import { accountStates } from './states/account.ts'
import { apiKeysStates } from './states/api-keys.ts'
import { apisStates } from './states/apis.ts'
import { appsStates } from './states/apps.ts'
import { auditLogStates } from './states/audit-log.ts'
import { backupsStates } from './states/backups.ts'
import { clientStates } from './states/client.ts'
import { clientsStates } from './states/clients.ts'
import { deviceStates } from './states/device.ts'
import { groupsStates } from './states/groups.ts'
import { jobsStates } from './states/jobs.ts'
import { ldapStates } from './states/ldap.ts'
import { overviewStates } from './states/overview.ts'
import { passkeyStates } from './states/passkeys.ts'
import { pocketIdMigrationStates } from './states/pocket-id-migration.ts'
import { scimStates } from './states/scim.ts'
import { searchStates } from './states/search.ts'
import { settingsStates } from './states/settings.ts'
import { signInStates } from './states/sign-in.ts'
import { signUpStates } from './states/sign-up.ts'
import { usersStates } from './states/users.ts'

/** Every page in each distinct state. The name is the path of the page in the preview. */
export const pageStates: Readonly<Record<string, PageModel>> = {
  ...accountStates,
  ...apiKeysStates,
  ...appsStates,
  ...auditLogStates,
  ...apisStates,
  ...backupsStates,
  ...clientStates,
  ...clientsStates,
  ...deviceStates,
  ...groupsStates,
  ...passkeyStates,
  ...jobsStates,
  ...ldapStates,
  ...overviewStates,
  ...pocketIdMigrationStates,
  ...settingsStates,
  ...scimStates,
  ...searchStates,
  ...signInStates,
  ...signUpStates,
  ...usersStates,
}
