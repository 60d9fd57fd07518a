import type { Actor } from '../access/actor.ts'
import { applicationImageUrl } from './application-image-url.ts'
import { type ApplicationImage, applicationImages, hashOf, type PreparedImage } from './image.ts'
import type { Images } from './images.ts'
import { type ImageRules, prepareImage } from './prepare.ts'
import type { ServedImage } from './serve.ts'

/** Maximum size of an upload, in bytes. */
export const maxImageBytes = 10 * 1024 * 1024

const logoKinds = ['svg', 'png', 'jpeg', 'webp', 'avif', 'gif', 'ico'] as const
const original = { keepsOriginals: true } as const
const logo: ImageRules = { ...original, kinds: logoKinds, fit: 'within', sideLength: 1024 }

const rules: Readonly<Record<ApplicationImage, ImageRules>> = {
  logoLight: logo,
  logoDark: logo,
  email: { ...original, kinds: ['png', 'jpeg'], fit: 'within', sideLength: 1024 },
  background: { ...original, kinds: ['svg', 'png', 'jpeg', 'webp', 'avif', 'gif'], fit: 'within', sideLength: 3840 },
  favicon: { ...original, kinds: ['svg', 'png', 'ico'], fit: 'within', sideLength: 512 },
  'default-profile-picture': {
    ...original,
    kinds: ['png', 'jpeg', 'webp', 'avif', 'gif', 'tiff'],
    fit: 'square',
    sideLength: 300,
    format: 'png',
  },
}

/** @throws the same errors as `prepareImage` */
export function prepareApplicationImage(name: ApplicationImage, bytes: Buffer): Promise<PreparedImage> {
  return prepareImage(bytes, rules[name])
}

/** The images of the instance; the default image is used if none was uploaded. */
export interface ApplicationImages {
  find(name: ApplicationImage): Promise<(ServedImage & { readonly bundled: boolean }) | undefined>
  /** Resolves to the stored image. @throws the same errors as `prepareImage` */
  put(actor: Actor, name: ApplicationImage, bytes: Buffer): Promise<PreparedImage>
  /** Restores the default image. @throws {NotFoundError} `image_not_found` if none was uploaded, unless `ignoreMissing` is set */
  remove(actor: Actor, name: ApplicationImage, ignoreMissing?: 'ignore-missing'): Promise<void>
  list(): Promise<readonly ApplicationImageItem[]>
}

/** An instance image for a page. */
export interface ApplicationImageItem {
  readonly name: ApplicationImage
  readonly isOwn: boolean
  /** `null` if there is none. */
  readonly address: string | null
}

export function createApplicationImages(images: Images): ApplicationImages {
  const change = (actor: Actor, name: ApplicationImage) =>
    ({
      slot: `application/${name}`,
      event: { event: 'settings_changed', keys: [`image:${name}`], by: actor.id },
      actor,
    }) as const

  return {
    async find(name) {
      const stored = await images.find(`application/${name}`)
      if (stored) return { ...stored, bundled: false, bytes: () => images.read(stored) }
      const bundled = await bundledImage(name)
      return bundled && { ...bundled, bundled: true, hash: hashOf(bundled.bytes), bytes: async () => bundled.bytes }
    },
    async put(actor, name, bytes) {
      const prepared = await prepareApplicationImage(name, bytes)
      await images.put(change(actor, name), prepared)
      return prepared
    },
    remove: (actor, name, ignoreMissing) => images.remove(change(actor, name), ignoreMissing),
    async list() {
      const stored = await images.listByPrefix('application/')
      return applicationImages.map((name) => {
        const image = stored.find(({ slot }) => slot === `application/${name}`) ?? null
        const isAvailable = image !== null || (name !== 'background' && name !== 'default-profile-picture')
        return { name, isOwn: image !== null, address: isAvailable ? applicationImageUrl(name, image) : null }
      })
    },
  }
}

const shape =
  '<path fill="COLOR" d="M6 4h20a3 3 0 0 1 3 3v9c0 7.2-5.8 13-13 13S3 23.2 3 16V7a3 3 0 0 1 3-3Z"/><path fill="none" stroke="CUT" stroke-width="1.6" stroke-linecap="round" d="M3.6 10.2c3.9 2 8 3 12.4 3s8.5-1 12.4-3"/><circle cx="16" cy="18.6" r="2.3" fill="CUT"/><path fill="CUT" d="M14.9 19.8h2.2l.7 4.2h-3.6z"/>'

function drawIcon(color: string, cutColor: string, size = ''): Buffer {
  const paths = shape.replaceAll('COLOR', color).replaceAll('CUT', cutColor)
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"${size}>${paths}</svg>`)
}

const lightIcon = drawIcon('#0b8064', '#fff')
const darkIcon = drawIcon('#4fd1ae', '#0c1512')

/** The default images: the keyhole in the pocket. There is no default background. */
async function bundledImage(name: ApplicationImage): Promise<PreparedImage | undefined> {
  switch (name) {
    case 'logoLight':
    case 'favicon':
      return { bytes: lightIcon, mediaType: 'image/svg+xml' }
    case 'logoDark':
      return { bytes: darkIcon, mediaType: 'image/svg+xml' }
    case 'email': {
      const { default: sharp } = await import('sharp')
      // E-mail clients do not render SVG.
      const large = drawIcon('#0b8064', '#fff', ' width="256" height="256"')
      return { bytes: await sharp(large).png().toBuffer(), mediaType: 'image/png' }
    }
    case 'background':
    case 'default-profile-picture':
      return undefined
  }
}
