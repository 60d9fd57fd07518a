import type { Passkey } from '@pocket/core'
import type { CustomClaim, GroupWithClaims, User, UserDetails } from '@pocket/directory'
import { validatorOf } from '../http/api/precondition.ts'
import { instant, namedObject, namedObjectWith } from '../http/api/schema.ts'

const claimSchema = namedObject('CustomClaimDto', { key: { type: 'string' }, value: { type: 'string' } })

export const claimListSchema = { type: 'array', items: claimSchema } as const

/** The properties of every group in a response, all of them required. */
export const groupProperties = {
  id: { type: 'string', format: 'uuid' },
  friendlyName: { type: 'string' },
  requiresTwoPasskeys: { type: 'boolean' },
  name: { type: 'string' },
  customClaims: claimListSchema,
  ldapId: { type: ['string', 'null'] },
  createdAt: instant,
} as const
export const groupRequired = [
  'id',
  'friendlyName',
  'name',
  'requiresTwoPasskeys',
  'customClaims',
  'ldapId',
  'createdAt',
] as const

export const groupItemSchema = namedObjectWith('UserGroupMinimalDto', [...groupRequired, 'userCount'], {
  ...groupProperties,
  userCount: { type: 'integer', description: 'Only counted in the list of groups; otherwise 0.' },
})

export const userSchema = namedObject('UserDto', {
  id: { type: 'string', format: 'uuid' },
  username: { type: 'string' },
  email: { type: ['string', 'null'] },
  emailVerified: { type: 'boolean' },
  firstName: { type: 'string' },
  lastName: { type: ['string', 'null'] },
  displayName: { type: 'string' },
  isAdmin: { type: 'boolean' },
  locale: { type: ['string', 'null'] },
  customClaims: claimListSchema,
  userGroups: { type: 'array', items: groupItemSchema },
  ldapId: { type: ['string', 'null'] },
  disabled: { type: 'boolean' },
})

export const passkeySchema = namedObject('WebauthnCredentialDto', {
  id: { type: 'string', format: 'uuid' },
  name: { type: 'string' },
  credentialID: { type: 'string', description: 'In base64url.' },
  attestationType: { type: 'string' },
  transport: { type: 'array', items: { type: 'string' } },
  backupEligible: { type: 'boolean' },
  backupState: { type: 'boolean' },
  createdAt: instant,
})

export function userDto(user: User & Partial<Pick<UserDetails, 'claims' | 'groups'>>) {
  const { claims = [], groups = [] } = user
  return {
    id: user.id,
    username: user.userName,
    email: user.email,
    emailVerified: user.emailVerified,
    firstName: user.firstName,
    lastName: user.lastName,
    displayName: user.displayName,
    isAdmin: user.administrator,
    locale: user.locale,
    customClaims: claims.map(claimDto),
    userGroups: groups.map((group) => groupItemDto(group)),
    ldapId: user.ldapId,
    disabled: user.disabled,
  }
}

export function userValidator({ groups, updatedAt: _, ...user }: UserDetails): string {
  return validatorOf([user, groups.map(({ id }) => id)])
}

export function claimDto({ key, value }: CustomClaim) {
  return { key, value }
}

export function groupBaseDto(group: GroupWithClaims) {
  return {
    id: group.id,
    friendlyName: group.friendlyName,
    requiresTwoPasskeys: group.requiresTwoPasskeys,
    name: group.name,
    customClaims: group.claims.map(claimDto),
    ldapId: group.ldapId,
    createdAt: new Date(group.createdAt).toISOString(),
  }
}

/** A group in a list, or in another object. */
export function groupItemDto(group: GroupWithClaims, userCount = 0) {
  return { ...groupBaseDto(group), userCount }
}

export function passkeyDto(passkey: Passkey) {
  return {
    id: passkey.id,
    name: passkey.name,
    credentialID: passkey.credentialId,
    attestationType: passkey.attestation ?? 'none',
    transport: passkey.transports,
    backupEligible: passkey.deviceType === 'multiDevice',
    backupState: passkey.backedUp,
    createdAt: new Date(passkey.createdAt).toISOString(),
  }
}
