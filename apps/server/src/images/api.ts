import type { Directory } from '@pocket/directory'
import type { Operation } from '../http/api/operation.ts'
import type { ApplicationImages } from './application-images.ts'
import { applicationImageOperations } from './application-operations.ts'
import { clientLogoOperations } from './client-logo-operations.ts'
import type { ClientLogos } from './client-logos.ts'
import { profilePictureOperations } from './profile-picture-operations.ts'
import type { ProfilePictures } from './profile-pictures.ts'

export interface ImageOperationPorts {
  readonly application: ApplicationImages
  readonly profilePictures: ProfilePictures
  readonly directory: Pick<Directory, 'find'>
  readonly clientLogos: ClientLogos
}

/** Images of the instance, of users and of clients. */
export function imageOperations(ports: ImageOperationPorts): readonly Operation[] {
  return [
    ...applicationImageOperations(ports.application),
    ...profilePictureOperations(ports.profilePictures, ports.directory),
    ...clientLogoOperations(ports.clientLogos),
  ]
}
