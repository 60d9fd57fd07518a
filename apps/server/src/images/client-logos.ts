import type { Client, Clients, PublicFetch } from '@pocket/core'
import {
  type ErrorCode,
  InvalidInputError,
  OutboundError,
  PocketError,
  UnprocessableContentError,
} from '@pocket/core/errors'
import type { Actor } from '../access/actor.ts'
import { clientNotFound } from '../http/api/client-not-found.ts'
import { clientSlot, type LogoTheme, type PreparedImage, type StoredImage } from './image.ts'
import type { Images } from './images.ts'
import { initialsImage, initialsOf } from './initials.ts'
import { type ImageRules, prepareImage } from './prepare.ts'
import type { ServedImage } from './serve.ts'

/** Maximum size of an upload or a download, in bytes. */
export const maxLogoBytes = 2 * 1024 * 1024

const rules: ImageRules = {
  kinds: ['svg', 'png', 'jpeg', 'webp', 'gif', 'avif', 'ico'],
  fit: 'within',
  sideLength: 1024,
}

/** The logo that an administrator chose. @throws the same errors as `prepareImage` */
export function prepareLogo(bytes: Buffer): Promise<PreparedImage> {
  return prepareImage(bytes, { ...rules, keepsOriginals: true })
}

export type DownloadedLogos = ReadonlyMap<LogoTheme, DownloadedLogo>

interface DownloadedLogo extends PreparedImage {
  readonly isReencoded: boolean
}

interface LogoFlags {
  readonly id: string
  readonly hasLogo: boolean
  readonly hasDarkLogo: boolean
}

export interface ClientLogos {
  /**
   * The logo of this theme, otherwise the light one; `undefined` for a client without a logo.
   *
   * @throws {NotFoundError} `not_found` for an unknown client
   */
  findForTheme(clientId: string, theme: LogoTheme): Promise<StoredImage | undefined>
  read(logo: StoredImage): Promise<Buffer | undefined>
  withLogoFlags<T extends LogoFlags>(clients: readonly T[]): Promise<T[]>
  /** Like `withLogoFlags`, for items that contain a client. */
  withClientLogoFlags<T extends { readonly client: LogoFlags }>(items: readonly T[]): Promise<T[]>
  /** The drawn initials of a client without a logo. @throws {NotFoundError} `not_found` for an unknown client */
  defaultLogo(clientId: string): Promise<ServedImage>
  /** Resolves to the stored logo. @throws {NotFoundError} `not_found` for an unknown client @throws the same errors as `prepareImage` */
  upload(actor: Actor, clientId: string, theme: LogoTheme, bytes: Buffer): Promise<PreparedImage>
  /** @throws {NotFoundError} `not_found` for an unknown client, `image_not_found` for a client without a logo */
  remove(actor: Actor, clientId: string, theme: LogoTheme): Promise<void>
  /**
   * Downloads logos, each URL once.
   *
   * @throws {InvalidInputError} `validation_failed` for a URL that is not public
   * @throws {UnprocessableContentError} `logo_download_failed`, `logo_too_large`, `logo_type_not_supported`
   */
  download(urls: Readonly<Partial<Record<LogoTheme, string>>>): Promise<DownloadedLogos>
  /** Downloads the logo that a self-registered client names (RFC 7591 §2); `problem` is why it could not be used. */
  downloadForRegistration(client: Pick<Client, 'registration'>): Promise<{
    readonly logos: DownloadedLogos
    readonly problem: ErrorCode | null
  }>
  store(actor: Actor, clientId: string, logos: DownloadedLogos): Promise<void>
}

export function createClientLogos(images: Images, clients: Clients, fetch: PublicFetch): ClientLogos {
  const change = (actor: Actor, clientId: string, theme: LogoTheme) => {
    const fields = [theme === 'light' ? 'logo' : 'darkLogo']
    const event = { event: 'client_updated', clientId, accountId: actor.id, fields } as const
    return { slot: clientSlot(clientId, theme), event, actor }
  }

  const withLogoFlags = async <T extends LogoFlags>(dtos: readonly T[]): Promise<T[]> => {
    if (dtos.length === 0) return []
    const slots = dtos.flatMap(({ id }) => [clientSlot(id, 'light'), clientSlot(id, 'dark')])
    const occupiedSlots = new Set((await images.listBySlots(slots)).map(({ slot }) => slot))
    const has = (id: string, theme: LogoTheme) => occupiedSlots.has(clientSlot(id, theme))
    return dtos.map((dto) => ({ ...dto, hasLogo: has(dto.id, 'light'), hasDarkLogo: has(dto.id, 'dark') }))
  }

  const assertClient = async (clientId: string) => {
    const client = await clients.find(clientId)
    if (!client) throw clientNotFound()
    return client
  }
  const find = (clientId: string, theme: LogoTheme) => images.find(clientSlot(clientId, theme))

  return {
    async findForTheme(clientId, theme) {
      const logo = (await find(clientId, theme)) ?? (await find(clientId, 'light'))
      if (logo) return logo
      await assertClient(clientId)
      return undefined
    },
    read: images.read,
    async defaultLogo(clientId) {
      const { id, name } = await assertClient(clientId)
      return initialsImage(initialsOf({ id, userName: name, firstName: '', lastName: '' }))
    },

    withLogoFlags,
    async withClientLogoFlags(items) {
      const flagged = await withLogoFlags(items.map(({ client }) => client))
      return items.map((item, index) => ({ ...item, client: flagged[index] ?? item.client }))
    },

    async upload(actor, clientId, theme, bytes) {
      await assertClient(clientId)
      const prepared = await prepareLogo(bytes)
      await images.put(change(actor, clientId, theme), prepared)
      return prepared
    },

    async remove(actor, clientId, theme) {
      await assertClient(clientId)
      await images.remove(change(actor, clientId, theme))
    },

    async download(urls) {
      const logos = new Map<LogoTheme, DownloadedLogo>()
      for (const theme of ['light', 'dark'] as const) {
        const url = urls[theme]
        if (!url) continue
        const image = await readLogo(fetch, url, prepareLogo).catch((error: unknown) => {
          throw isNotPublic(url, error) ? notPublicError(theme, error) : error
        })
        logos.set(theme, image)
      }
      return logos
    },

    async downloadForRegistration({ registration }) {
      const url = registration?.logo_uri
      if (typeof url !== 'string') return { logos: new Map(), problem: null }
      try {
        return { logos: new Map([['light', await readLogo(fetch, url, reencodeLogo)]]), problem: null }
      } catch (error) {
        if (!(error instanceof UnprocessableContentError)) throw error
        return { logos: new Map(), problem: error.code }
      }
    },

    async store(actor, clientId, logos) {
      for (const [theme, image] of logos) await images.put(change(actor, clientId, theme), image)
    },
  }
}

/** Whether a logo is stored with other bytes than its URL returned. */
export function hasReencodedLogo(logos: DownloadedLogos): boolean {
  return [...logos.values()].some(({ isReencoded }) => isReencoded)
}

function isNotPublic(url: string, error: unknown): boolean {
  const reason = error instanceof Error && error.cause instanceof OutboundError ? error.cause.code : undefined
  return !URL.canParse(url) || reason === 'not_public' || reason === 'scheme'
}

function notPublicError(theme: LogoTheme, cause: unknown): InvalidInputError {
  const field = theme === 'light' ? 'logoUrl' : 'darkLogoUrl'
  const message = 'must be a public HTTP or HTTPS URL'
  const fields = [{ field, code: 'invalid_value', message }]
  return new InvalidInputError('validation_failed', `${field} ${message}`, { cause, fields })
}

/** A logo that a program chose when it registered itself. */
const reencodeLogo: typeof prepareLogo = (bytes) => prepareImage(bytes, rules)

async function readLogo(fetch: PublicFetch, url: string, prepare: typeof prepareLogo): Promise<DownloadedLogo> {
  const bytes = await readBytes(fetch, url)
  try {
    const prepared = await prepare(bytes)
    return { ...prepared, isReencoded: !prepared.bytes.equals(bytes) }
  } catch (error) {
    if (!(error instanceof PocketError)) throw error
    throw logoError('logo_type_not_supported', 'The URL does not return a supported image.', error)
  }
}

async function readBytes(fetch: PublicFetch, url: string): Promise<Buffer> {
  try {
    const response = await fetch(url, { headers: { accept: 'image/*' } })
    if (response.ok) return Buffer.from(await response.arrayBuffer())
    throw logoError('logo_download_failed', `The server responded with status ${response.status}.`)
  } catch (error) {
    if (error instanceof PocketError) throw error
    const reason = error instanceof OutboundError ? error.code : 'unreachable'
    if (reason === 'too_large') throw logoError('logo_too_large', 'The logo is larger than 2 MiB.', error)
    throw logoError('logo_download_failed', `The logo could not be read (${reason}).`, error)
  }
}

function logoError(code: ErrorCode, message: string, cause?: unknown): UnprocessableContentError {
  return new UnprocessableContentError(code, message, { cause })
}
