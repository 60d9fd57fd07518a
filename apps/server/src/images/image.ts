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

/** The place of one image: there is one image in it or none. */
export type Slot = `application/${ApplicationImage}` | `user/${string}` | `client-${LogoTheme}/${string}`

/** An image as it may be shown to anybody. */
export interface PreparedImage {
  readonly bytes: Buffer
  readonly mediaType: string
}

/** An image that is kept. Instants in milliseconds since the Unix epoch. */
export interface StoredImage {
  /** The name of its file. */
  readonly file: string
  /** `null`: no longer shown, and its file is to be removed. */
  readonly slot: string | null
  readonly mediaType: string
  /** SHA-256 of its bytes in base64url. */
  readonly hash: string
  readonly createdAt: number
}

export function userSlot(userId: string): Slot {
  return `user/${userId}`
}

/** An id can be an address of any length, so its hash stands for it. */
export function clientSlot(clientId: string, theme: LogoTheme): Slot {
  return `client-${theme}/${hashOf(clientId)}`
}

export function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('base64url')
}
