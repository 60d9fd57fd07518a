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

/** The URL of an instance image: permanently cacheable if uploaded, otherwise the default image. */
export function applicationImageUrl(name: ApplicationImage, image: Pick<StoredImage, 'hash'> | null): string {
  const path = `/api/application-images/${paths[name]}`
  const query = image ? `v=${versionOf(image)}` : 'default=true'
  return `${path}${path.endsWith('?') ? '' : '&'}${query}`
}
