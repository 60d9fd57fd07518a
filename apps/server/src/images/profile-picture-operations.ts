import { InvalidInputError } from '@pocket/core/errors'
import type { Directory } from '@pocket/directory'
import { assertCanChangePicture } from '../access/access-checks.ts'
import { actorOf } from '../access/actor.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { maxImageBytes } from './application-images.ts'
import { type ProfilePictures, userNotFound } from './profile-pictures.ts'
import { imageTypes, serveImage, staleWhileRevalidate } from './serve.ts'
import { readUpload } from './upload.ts'

const accountApi = operationsIn('account')
const usersApi = operationsIn('users')

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Profile pictures. The routes of `me` come first, because `me` would match as a user ID. */
export function profilePictureOperations(
  pictures: ProfilePictures,
  directory: Pick<Directory, 'find'>,
): readonly Operation[] {
  return [
    accountApi.put('/api/users/me/profile-picture', {
      id: 'replaceOwnProfilePicture',
      summary: 'Replace your profile picture',
      upload: true,
      async handle(call) {
        await assertCanChangePicture(call.ctx, call.user)
        await pictures.put(actorOf(call), call.user.id, await readUpload(call.ctx, maxImageBytes))
      },
    }),
    accountApi.delete('/api/users/me/profile-picture', {
      id: 'deleteOwnProfilePicture',
      summary: 'Delete your profile picture',
      async handle(call) {
        await assertCanChangePicture(call.ctx, call.user)
        await pictures.remove(actorOf(call), call.user.id)
      },
    }),
    usersApi.get('/api/users/:id/profile-picture.png', {
      id: 'readProfilePicture',
      summary: 'Read the profile picture of a user, or their initials',
      response: { status: 200, types: imageTypes },
      async handle({ ctx, params }) {
        const picture = await pictures.find(userIdOf(params.id))
        if (!picture) throw userNotFound()
        await serveImage(ctx, picture, staleWhileRevalidate.user)
      },
    }),
    usersApi.put('/api/users/:id/profile-picture', {
      id: 'replaceProfilePicture',
      summary: 'Replace the profile picture of a user',
      upload: true,
      async handle(call) {
        const id = userIdOf(call.params.id)
        await assertCanChangePicture(call.ctx, await directory.find(id))
        await pictures.put(actorOf(call), id, await readUpload(call.ctx, maxImageBytes))
      },
    }),
    usersApi.delete('/api/users/:id/profile-picture', {
      id: 'deleteProfilePicture',
      summary: 'Delete the profile picture of a user',
      async handle(call) {
        const id = userIdOf(call.params.id)
        await assertCanChangePicture(call.ctx, await directory.find(id))
        await pictures.remove(actorOf(call), id)
      },
    }),
  ]
}

function userIdOf(id = ''): string {
  if (uuid.test(id)) return id.toLowerCase()
  throw new InvalidInputError('validation_failed', 'userId must be a UUID', {
    fields: [{ field: 'userId', code: 'invalid_format', message: 'must be a UUID' }],
  })
}
