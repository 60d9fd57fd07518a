import type { Pocket } from '@pocket/core'
import type { Mail } from '../email/email-service.ts'
import type { ProfilePictures } from '../images/profile-pictures.ts'
import type { UserBulkPorts } from './bulk-page.ts'
import type { UserListPorts } from './list-page.ts'
import type { ShowUserPorts } from './show-user.ts'

/** The dependencies of the user pages. */
export interface UserPagePorts extends UserListPorts, UserBulkPorts, ShowUserPorts {
  readonly pocket: Pick<Pocket, 'passkeys' | 'issuer'>
  readonly profilePictures: ProfilePictures
  readonly mail: Pick<Mail, 'loginCodes' | 'delivery'>
}
