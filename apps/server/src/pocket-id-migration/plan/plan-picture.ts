import { type ApplicationImage, applicationImages, clientSlot, type Slot, userSlot } from '../../images/image.ts'

/** The owner of a picture, which determines its format and size. */
export type PictureOwner =
  | { readonly kind: 'user'; readonly slot: Slot; readonly userId: string }
  | { readonly kind: 'client'; readonly slot: Slot; readonly clientId: string }
  | { readonly kind: 'application'; readonly slot: Slot; readonly name: ApplicationImage }

/** Generated again when it is requested. */
export function isDerivedPicture(path: string): boolean {
  return path.startsWith('profile-pictures/defaults/') || path.includes('/.deleted/')
}

const applicationNames: Readonly<Record<string, ApplicationImage>> = {
  ...Object.fromEntries(applicationImages.map((name) => [name, name])),
  logoEmail: 'email',
}

/** The owner of a stored picture; `undefined` for an unknown path. */
export function pictureOwnerOf(
  path: string,
  clientIdOf: (fileName: string) => string | undefined,
): PictureOwner | undefined {
  const [, folder, fileName] = /^([a-z-]+)\/([^/]+)\.[a-z0-9]+$/i.exec(path) ?? []
  if (folder === undefined || fileName === undefined) return undefined
  if (folder === 'profile-pictures') return { kind: 'user', slot: userSlot(fileName), userId: fileName }
  if (folder === 'application-images') {
    const name = Object.hasOwn(applicationNames, fileName) ? applicationNames[fileName] : undefined
    return name && { kind: 'application', slot: `application/${name}`, name }
  }
  if (folder !== 'oidc-client-images') return undefined
  // A client ID may itself end in `-dark`.
  const light = clientIdOf(fileName)
  if (light !== undefined) return { kind: 'client', slot: clientSlot(light, 'light'), clientId: light }
  const dark = fileName.endsWith('-dark') ? clientIdOf(fileName.slice(0, -'-dark'.length)) : undefined
  return dark === undefined ? undefined : { kind: 'client', slot: clientSlot(dark, 'dark'), clientId: dark }
}
