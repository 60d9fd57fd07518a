import { NotFoundError } from '@pocket/core/errors'
import type { Directory } from '@pocket/directory'
import type { Actor } from '../access/actor.ts'
import type { ApplicationImages } from './application-images.ts'
import { hashOf, userSlot } from './image.ts'
import type { Images } from './images.ts'
import { initialsImage, initialsOf } from './initials.ts'
import { type ImageRules, prepareImage } from './prepare.ts'
import type { ServedImage } from './serve.ts'

const rules: ImageRules = {
  kinds: ['png', 'jpeg', 'webp', 'gif', 'avif', 'tiff'],
  fit: 'square',
  sideLength: 300,
  format: 'png',
}

/** A processed profile picture and its hash. @throws the same errors as `prepareImage` */
export async function prepareProfilePicture(bytes: Buffer) {
  const prepared = await prepareImage(bytes, rules)
  return { ...prepared, hash: hashOf(prepared.bytes) }
}

export function createProfilePictures(images: Images, applicationImages: ApplicationImages, directory: Directory) {
  const change = async (actor: Actor, userId: string) => {
    const user = await directory.find(userId)
    if (!user) throw userNotFound()
    const initiator = actor.id === user.id ? {} : { by: actor.id }
    const event = { event: 'account_updated', accountId: user.id, fields: ['picture'], ...initiator } as const
    return { slot: userSlot(user.id), event, actor }
  }

  return {
    /**
     * The uploaded picture, otherwise the default of the instance, otherwise the initials. `undefined` if the user does not exist.
     */
    async find(userId: string): Promise<ServedImage | undefined> {
      const user = await directory.find(userId)
      if (!user) return undefined
      const stored = await images.find(userSlot(user.id))
      if (stored) return { ...stored, bytes: () => images.read(stored) }
      return (await applicationImages.find('default-profile-picture')) ?? initialsImage(initialsOf(user))
    },

    /** @throws {NotFoundError} `user_not_found` @throws the same errors as `prepareImage` */
    put: async (actor: Actor, userId: string, bytes: Buffer): Promise<void> =>
      images.put(await change(actor, userId), await prepareImage(bytes, rules)),
    /** Restores the initials; does nothing if there is no picture. @throws {NotFoundError} `user_not_found` */
    remove: async (actor: Actor, userId: string): Promise<void> =>
      images.remove(await change(actor, userId), 'ignore-missing'),
  }
}

export type ProfilePictures = ReturnType<typeof createProfilePictures>

export function userNotFound(): NotFoundError {
  return new NotFoundError('user_not_found', 'There is no such user.')
}
