import type { ApplicationImage, StoredImage } from './image.ts'
import { versionOf } from './serve.ts'

const paths: Readonly<Record<ApplicationImage, string>> = {
  logoLight: 'logo?light=true',
  logoDark: 'logo?light=false',
  email: 'email?',
  background: 'background?',
  favicon: 'favicon?',
  'default-profile-picture': 'default-profile-picture?',
}

/** Where an image of the instance is: the uploaded one for ever, or ours for now. */
export function applicationImageAddress(name: ApplicationImage, image: Pick<StoredImage, 'hash'> | null): string {
  const path = `/api/application-images/${paths[name]}`
  const query = image ? `v=${versionOf(image)}` : ''
  return `${path}${query && !path.endsWith('?') ? '&' : ''}${query}`
}
