import type { Operation } from '../http/api/operation.ts'
import type { Deps } from '../http/deps.ts'
import type { ApplicationImages } from './application-images.ts'
import { applicationImageOperations } from './application-operations.ts'
import { clientLogoOperations } from './client-logo-operations.ts'
import type { ClientLogos } from './client-logos.ts'
import { profilePictureOperations } from './profile-picture-operations.ts'
import type { ProfilePictures } from './profile-pictures.ts'

export interface ImageOperationDeps extends Deps {
  readonly applicationImages: ApplicationImages
  readonly profilePictures: ProfilePictures
  readonly clientLogos: ClientLogos
}

/** Images of the instance, of users and of clients. */
export function imageOperations(deps: ImageOperationDeps): readonly Operation[] {
  return [
    ...applicationImageOperations(deps.applicationImages),
    ...profilePictureOperations(deps.profilePictures, deps.directory),
    ...clientLogoOperations(deps.clientLogos),
  ]
}
