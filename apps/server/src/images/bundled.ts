import type { ApplicationImage, PreparedImage } from './image.ts'

const shape =
  '<path fill="COLOR" d="M6 4h20a3 3 0 0 1 3 3v9c0 7.2-5.8 13-13 13S3 23.2 3 16V7a3 3 0 0 1 3-3Z"/><path fill="none" stroke="CUT" stroke-width="1.6" stroke-linecap="round" d="M3.6 10.2c3.9 2 8 3 12.4 3s8.5-1 12.4-3"/><circle cx="16" cy="18.6" r="2.3" fill="CUT"/><path fill="CUT" d="M14.9 19.8h2.2l.7 4.2h-3.6z"/>'

function drawIcon(color: string, cutColor: string, size = ''): Buffer {
  const paths = shape.replaceAll('COLOR', color).replaceAll('CUT', cutColor)
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"${size}>${paths}</svg>`)
}

const lightIcon = drawIcon('#0b8064', '#fff')
const darkIcon = drawIcon('#4fd1ae', '#0c1512')

/** The default images: the keyhole in the pocket. There is no default background. */
export async function bundledImage(name: ApplicationImage): Promise<PreparedImage | undefined> {
  switch (name) {
    case 'logoLight':
    case 'favicon':
      return { bytes: lightIcon, mediaType: 'image/svg+xml' }
    case 'logoDark':
      return { bytes: darkIcon, mediaType: 'image/svg+xml' }
    case 'email': {
      const { default: sharp } = await import('sharp')
      // E-mail clients do not render SVG.
      const large = drawIcon('#0b8064', '#fff', ' width="256" height="256"')
      return { bytes: await sharp(large).png().toBuffer(), mediaType: 'image/png' }
    }
    case 'background':
    case 'default-profile-picture':
      return undefined
  }
}
