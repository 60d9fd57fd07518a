import { createHash } from 'node:crypto'

export const applicationImages = [
  'logoLight',
  'logoDark',
  'email',
  'background',
  'favicon',
  'default-profile-picture',
] as const
export type ApplicationImage = (typeof applicationImages)[number]

export type LogoTheme = 'light' | 'dark'

/** A slot holds at most one image. */
export type Slot = `application/${ApplicationImage}` | `user/${string}` | `client-${LogoTheme}/${string}`

/** A sanitized image that is safe to publish. */
export interface PreparedImage {
  readonly bytes: Buffer
  readonly mediaType: string
}

/** A stored image. Instants in milliseconds since the Unix epoch. */
export interface StoredImage {
  readonly file: string
  /** `null`: the image is no longer in use and its file will be deleted. */
  readonly slot: string | null
  readonly mediaType: string
  /** SHA-256 of its bytes in base64url. */
  readonly hash: string
  readonly createdAt: number
}

export function userSlot(userId: string): Slot {
  return `user/${userId}`
}

/** A client ID can be a URL of any length, so the slot uses its hash. */
export function clientSlot(clientId: string, theme: LogoTheme): Slot {
  return `client-${theme}/${hashOf(clientId)}`
}

export function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('base64url')
}
