import type { Actor } from '../access/actor.ts'
import { applicationImageUrl } from './application-image-url.ts'
import { bundledImage } from './bundled.ts'
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
