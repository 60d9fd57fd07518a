import type { ClientPictures, PagePictures } from '../http/page-pictures.ts'
import { applicationImageUrl } from './application-image-url.ts'
import { type ApplicationImage, clientSlot, type LogoTheme, type StoredImage, userSlot } from './image.ts'
import type { Images } from './images.ts'
import { versionOf } from './serve.ts'

/**
 * The URLs of uploaded images for pages.
 *
 * @param onError - receives lookup errors; pages then show no images
 */
export function createPagePictures(images: Images, onError: (error: unknown) => void): PagePictures {
  const picturesOfClients = clientPictures(images)
  const withFallback = <T>(work: Promise<T>, fallback: T): Promise<T> =>
    work.catch((error: unknown) => {
      onError(error)
      return fallback
    })

  return {
    instance: () =>
      withFallback(images.listByPrefixCached('application/').then(instancePictures), {
        favicon: null,
        logo: null,
        background: null,
      }),
    clients: (ids) => withFallback(picturesOfClients(ids), new Map()),
    client: (id) =>
      withFallback(
        images
          .findPairCached(clientSlot(id, 'light'), clientSlot(id, 'dark'))
          .then((stored) => clientPicture(id, stored)),
        null,
      ),
  }
}

function logoUrl(id: string, theme: LogoTheme, image: StoredImage | undefined): string | null {
  // As in the API: client IDs that are URLs cannot be path segments.
  const name = /^[\w.-]+$/.test(id) ? id : `~${Buffer.from(id).toString('base64url')}`
  return image ? `/api/oidc/clients/${name}/logo?light=${theme === 'light'}&v=${versionOf(image)}` : null
}

function instancePictures(stored: readonly StoredImage[]) {
  const find = (name: ApplicationImage) => stored.find(({ slot }) => slot === `application/${name}`)
  const url = (name: ApplicationImage) => {
    const image = find(name)
    return image ? applicationImageUrl(name, image) : null
  }
  const favicon = url('favicon')
  return {
    favicon: favicon === null ? null : { href: favicon, type: find('favicon')?.mediaType ?? '' },
    logo: picturesForThemes(url('logoLight'), url('logoDark')),
    background: url('background'),
  }
}

/** If only one of the two exists, it is used for both themes. */
function picturesForThemes(light: string | null, dark: string | null): ClientPictures | null {
  const fallback = light ?? dark
  return fallback === null ? null : { light: fallback, dark: dark ?? fallback }
}

/** The URLs of the logos of these clients, with as few statements as possible. */
function clientPictures({ listBySlots }: Pick<Images, 'listBySlots'>) {
  return async (clientIds: readonly string[]): Promise<ReadonlyMap<string, ClientPictures>> => {
    const slots = clientIds.flatMap((id) => [clientSlot(id, 'light'), clientSlot(id, 'dark')])
    const stored = await listBySlots(slots)
    return new Map(
      clientIds.flatMap((id) => {
        const pictures = clientPicture(id, stored)
        return pictures ? [[id, pictures] as const] : []
      }),
    )
  }
}

function clientPicture(id: string, stored: readonly StoredImage[]): ClientPictures | null {
  const url = (theme: LogoTheme) =>
    logoUrl(
      id,
      theme,
      stored.find(({ slot }) => slot === clientSlot(id, theme)),
    )
  return picturesForThemes(url('light'), url('dark'))
}

export function userPictures({ find }: Pick<Images, 'find'>) {
  return async (userIds: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const images = await Promise.all(userIds.map((id) => find(userSlot(id))))
    return new Map(
      userIds.flatMap((id, index) => {
        const image = images[index]
        return image ? [[id, `/api/users/${id}/profile-picture.png?v=${versionOf(image)}`] as const] : []
      }),
    )
  }
}
