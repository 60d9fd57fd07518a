import type { View } from '@pocket/core'
import type { AccountDataPage, AccountPage, AccountRemovedPage, AccountSecurityPage } from '../account/page-model.ts'
import type { ApiKeyRenewPage, ApiKeysPage } from '../api-keys/page-model.ts'
import type { ApiAccessPage, ApiNewPage, ApiPage, ApisPage } from '../apis/page-model.ts'
import type { AppsPage } from '../apps/page-model.ts'
import type { AuditLogAllPage, AuditLogPage } from '../audit-log/page-model.ts'
import type { ClientChoosePage, ClientNewPage, ClientPage, ClientsPage, ClientTestPage } from '../clients/page-model.ts'
import type { DeviceAuthorizationPage } from '../device-authorization/page-model.ts'
import type { DeviceLoginPage, DevicePage } from '../device-login/page-model.ts'
import type { EmailsPage, VerifyEmailPage } from '../email/page-model.ts'
import type { GroupNewPage, GroupPage, GroupsPage } from '../groups/page-model.ts'
import type { JobsPage } from '../jobs/page-model.ts'
import type { LdapPage } from '../ldap/page-model.ts'
import type { OverviewPage } from '../overview/page-model.ts'
import type { ClientScimPage } from '../scim/page-model.ts'
import type { SearchPage } from '../search/page-model.ts'
import type { SetupPage } from '../set-up/page-model.ts'
import type { SettingsPage } from '../settings/pages/page-model.ts'
import type { CodePage } from '../sign-in/page-model.ts'
import type {
  AddPasskeyPage,
  ApprovalsPage,
  ArrivedPage,
  InvitationsPage,
  SignUpPage,
  SignUpWaitingPage,
} from '../sign-up/page-model.ts'
import type { UserNewPage, UserPage, UsersPage } from '../users/page-model.ts'
import type { PasskeyPolicyPage, PasskeyPolicyReviewPage, PasskeyRemovedPage } from '../webauthn/page-model.ts'
import type { ConfirmPage } from './confirm-page-model.ts'
import type { ReauthenticatePage } from './reauthenticate-page-model.ts'

/**
 * Every page model of the server, discriminated by `view`, which is also the name of its template. Each module defines its own.
 */
export type PageModel =
  | View
  | ConfirmPage
  | UsersPage
  | UserNewPage
  | UserPage
  | GroupsPage
  | GroupNewPage
  | GroupPage
  | AccountPage
  | AccountSecurityPage
  | AccountDataPage
  | PasskeyRemovedPage
  | AccountRemovedPage
  | AppsPage
  | ApiKeysPage
  | ApiKeyRenewPage
  | AuditLogPage
  | AuditLogAllPage
  | ApisPage
  | ApiNewPage
  | ApiPage
  | ApiAccessPage
  | ClientsPage
  | ClientChoosePage
  | ClientTestPage
  | ClientNewPage
  | ClientPage
  | ClientScimPage
  | DeviceAuthorizationPage
  | DeviceLoginPage
  | DevicePage
  | VerifyEmailPage
  | ReauthenticatePage
  | SetupPage
  | CodePage
  | SignUpPage
  | SignUpWaitingPage
  | ApprovalsPage
  | ArrivedPage
  | InvitationsPage
  | AddPasskeyPage
  | PasskeyPolicyPage
  | PasskeyPolicyReviewPage
  | JobsPage
  | LdapPage
  | OverviewPage
  | SearchPage
  | SettingsPage
  | EmailsPage
