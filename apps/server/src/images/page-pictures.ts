import type { ClientPictures, PagePictures } from '../http/page-pictures.ts'
import { applicationImageAddress } from './application-image-address.ts'
import type { ApplicationImage, LogoTheme, StoredImage } from './image.ts'
import { clientSlot, userSlot } from './image.ts'
import type { Images } from './images.ts'
import { versionOf } from './serve.ts'

export interface PagePicturePorts {
  readonly images: Pick<Images, 'filled' | 'among'>
  /** Receives lookup errors; pages then show no images. */
  readonly onError: (error: unknown) => void
}

/** The URLs of uploaded images for pages. */
export function createPagePictures({ images, onError }: PagePicturePorts): PagePictures {
  const ofClients = clientPictures(images)
  const orDefault = <T>(work: Promise<T>, none: T): Promise<T> =>
    work.catch((error: unknown) => {
      onError(error)
      return none
    })

  return {
    instance: () =>
      orDefault(images.filled('application/').then(instancePictures), { favicon: null, logo: null, background: null }),
    clients: (ids) => orDefault(ofClients(ids), new Map()),
    client: (id) =>
      orDefault(
        ofClients([id]).then((found) => found.get(id) ?? null),
        null,
      ),
  }
}

function logoAddress(id: string, theme: LogoTheme, image: StoredImage | undefined): string | null {
  // As in the API: client IDs that are URLs cannot be path segments.
  const name = /^[\w.-]+$/.test(id) ? id : `~${Buffer.from(id).toString('base64url')}`
  return image ? `/api/oidc/clients/${name}/logo?light=${theme === 'light'}&v=${versionOf(image)}` : null
}

function instancePictures(stored: readonly StoredImage[]) {
  const find = (name: ApplicationImage) => stored.find(({ slot }) => slot === `application/${name}`)
  const address = (name: ApplicationImage) => {
    const image = find(name)
    return image ? applicationImageAddress(name, image) : null
  }
  const favicon = address('favicon')
  return {
    favicon: favicon === null ? null : { href: favicon, type: find('favicon')?.mediaType ?? '' },
    logo: themed(address('logoLight'), address('logoDark')),
    background: address('background'),
  }
}

/** If only one of the two exists, it is used for both themes. */
function themed(light: string | null, dark: string | null): ClientPictures | null {
  const one = light ?? dark
  return one === null ? null : { light: one, dark: dark ?? one }
}

/** The URLs of the logos of these clients, with as few statements as possible. */
export function clientPictures({ among }: Pick<Images, 'among'>) {
  return async (clientIds: readonly string[]): Promise<ReadonlyMap<string, ClientPictures>> => {
    const slots = clientIds.flatMap((id) => [clientSlot(id, 'light'), clientSlot(id, 'dark')])
    const stored = new Map((await among(slots)).map((image) => [image.slot, image]))
    const address = (id: string, theme: LogoTheme) => logoAddress(id, theme, stored.get(clientSlot(id, theme)))
    return new Map(
      clientIds.flatMap((id) => {
        const pictures = themed(address(id, 'light'), address(id, 'dark'))
        return pictures ? [[id, pictures] as const] : []
      }),
    )
  }
}

/** The URLs of the pictures that these users uploaded. */
export function userPictures({ find }: Pick<Images, 'find'>) {
  return async (userIds: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const found = await Promise.all(userIds.map((id) => find(userSlot(id))))
    return new Map(
      userIds.flatMap((id, index) => {
        const image = found[index]
        return image ? [[id, `/api/users/${id}/profile-picture.png?v=${versionOf(image)}`] as const] : []
      }),
    )
  }
}
