import type { CDPSession, Page } from 'playwright-core'

/** The properties of a virtual authenticator. The defaults match a phone or laptop with a fingerprint sensor that syncs its passkeys. */
export interface VirtualAuthenticatorOptions {
  /** Default: `ctap2`. */
  readonly protocol?: 'ctap2' | 'u2f'
  /** Default: `internal`, a platform authenticator. */
  readonly transport?: 'internal' | 'usb' | 'nfc' | 'ble' | 'cable'
  /** Whether it stores discoverable credentials. Default: true. */
  readonly hasResidentKey?: boolean
  /** Whether it supports user verification. Default: true. */
  readonly hasUserVerification?: boolean
  /** Whether user verification succeeds. Default: true. */
  readonly isUserVerified?: boolean
  /** Whether user presence is confirmed automatically; otherwise a ceremony waits. Default: true. */
  readonly automaticPresenceSimulation?: boolean
  /** Whether new credentials are backup eligible (flag BE). Default: true, except for `u2f`. */
  readonly defaultBackupEligibility?: boolean
  /** Whether new credentials are backed up (flag BS). Default: `defaultBackupEligibility`. */
  readonly defaultBackupState?: boolean
}

/** A credential of a virtual authenticator. All bytes are base64url without padding, as in WebAuthn's JSON. */
export interface VirtualCredential {
  readonly id: string
  readonly isDiscoverable: boolean
  readonly rpId?: string
  readonly userHandle?: string
  readonly userName?: string
  readonly userDisplayName?: string
  readonly signCount: number
  readonly isBackupEligible?: boolean
  readonly isBackedUp?: boolean
  /** PKCS #8. */
  readonly privateKey: string
}

/** A virtual authenticator inside the browser, for one page. */
export interface VirtualAuthenticator {
  /** The stored credentials. */
  credentials(): Promise<readonly VirtualCredential[]>
  /** Adds a credential, for example from another page's authenticator, as a synced passkey would arrive. */
  addCredential(credential: VirtualCredential): Promise<void>
  removeCredential(id: string): Promise<void>
  /** Sets whether user verification succeeds. */
  setUserVerified(verified: boolean): Promise<void>
  /** Sets whether user presence is confirmed automatically. */
  setAutomaticPresence(automatic: boolean): Promise<void>
  remove(): Promise<void>
}

type DevToolsCredential = Awaited<ReturnType<typeof devToolsCredentials>>[number]

/**
 * Adds a virtual authenticator to a page (the WebAuthn domain of the Chrome DevTools Protocol). A page may have several, but
 * only one with the transport `internal`.
 */
export async function addVirtualAuthenticator(
  page: Page,
  options: VirtualAuthenticatorOptions = {},
): Promise<VirtualAuthenticator> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const isSynced = options.defaultBackupEligibility ?? options.protocol !== 'u2f'
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: isSynced,
      defaultBackupState: isSynced,
      ...options,
    },
  })
  return {
    credentials: async () => (await devToolsCredentials(session, authenticatorId)).map(fromDevTools),
    addCredential: async (credential) => {
      await session.send('WebAuthn.addCredential', { authenticatorId, credential: toDevTools(credential) })
    },
    removeCredential: async (id) => {
      await session.send('WebAuthn.removeCredential', { authenticatorId, credentialId: toBase64(id) })
    },
    setUserVerified: async (isUserVerified) => {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
    },
    setAutomaticPresence: async (enabled) => {
      await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
    },
    remove: async () => {
      await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
      await session.detach()
    },
  }
}

async function devToolsCredentials(session: CDPSession, authenticatorId: string) {
  return (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials
}

function fromDevTools(credential: DevToolsCredential): VirtualCredential {
  const { credentialId, isResidentCredential, userHandle, privateKey, backupEligibility, backupState } = credential
  return {
    id: toBase64url(credentialId),
    isDiscoverable: isResidentCredential,
    ...(credential.rpId === undefined ? {} : { rpId: credential.rpId }),
    ...(userHandle === undefined ? {} : { userHandle: toBase64url(userHandle) }),
    ...(credential.userName === undefined ? {} : { userName: credential.userName }),
    ...(credential.userDisplayName === undefined ? {} : { userDisplayName: credential.userDisplayName }),
    signCount: credential.signCount,
    ...(backupEligibility === undefined ? {} : { isBackupEligible: backupEligibility }),
    ...(backupState === undefined ? {} : { isBackedUp: backupState }),
    privateKey: toBase64url(privateKey),
  }
}

function toDevTools(credential: VirtualCredential): DevToolsCredential {
  const { id, isDiscoverable, userHandle, privateKey, isBackupEligible, isBackedUp } = credential
  return {
    credentialId: toBase64(id),
    isResidentCredential: isDiscoverable,
    ...(credential.rpId === undefined ? {} : { rpId: credential.rpId }),
    ...(userHandle === undefined ? {} : { userHandle: toBase64(userHandle) }),
    ...(credential.userName === undefined ? {} : { userName: credential.userName }),
    ...(credential.userDisplayName === undefined ? {} : { userDisplayName: credential.userDisplayName }),
    signCount: credential.signCount,
    ...(isBackupEligible === undefined ? {} : { backupEligibility: isBackupEligible }),
    ...(isBackedUp === undefined ? {} : { backupState: isBackedUp }),
    privateKey: toBase64(privateKey),
  }
}

function toBase64url(base64: string): string {
  return Buffer.from(base64, 'base64').toString('base64url')
}

function toBase64(base64url: string): string {
  return Buffer.from(base64url, 'base64url').toString('base64')
}
