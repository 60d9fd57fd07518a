import { createRequire } from 'node:module'
import type { User } from '@pocket/directory'
import { hashOf, type PreparedImage } from './image.ts'
import type { ServedImage } from './serve.ts'

const sideLength = 300
const font = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf')
const palette = ['#0b8064', '#1d6fa5', '#5b5bd6', '#8e4ec6', '#b83280', '#c2410c', '#a16207', '#3f6212'] as const
/** For names without a drawable letter. */
const silhouette =
  '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><g fill="#fff"><circle cx="150" cy="116" r="52"/><path d="M54 262c0-53 43-88 96-88s96 35 96 88z"/></g></svg>'
const drawablePattern =
  /^[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Armenian}\p{sc=Georgian}\p{sc=Arabic}\p{sc=Inherited}0-9]+$/u
const version = 1

export interface Initials {
  readonly text: string
  readonly color: string
  /** Equal for equal images. */
  readonly hash: string
}

/** The initials of first and last name, or the first two letters of the user name; the color depends on the user. */
export function initialsOf({ id, userName, firstName, lastName }: InitialsOwner): Initials {
  const [firstInitial = ''] = graphemes(firstName)
  const [lastInitial = ''] = graphemes(lastName)
  const text = (firstInitial + lastInitial || graphemes(userName).slice(0, 2).join('')).toUpperCase()
  const color = palette[(Buffer.from(hashOf(id), 'base64url')[0] ?? 0) % palette.length] ?? palette[0]
  return { text, color, hash: hashOf(`${version} ${text} ${color}`) }
}

type InitialsOwner = Pick<User, 'id' | 'userName' | 'firstName' | 'lastName'>

/** The hash is computed before drawing, so that cached requests do not wait. */
export function initialsImage(initials: Initials): ServedImage {
  const { hash } = initials
  return { mediaType: 'image/png', hash, bytes: async () => (await drawInitials(initials)).bytes }
}

/** A PNG of 300 by 300 pixels. */
async function drawInitials({ text, color }: Initials): Promise<PreparedImage> {
  const { default: sharp } = await import('sharp')
  const letters = drawablePattern.test(text) ? await drawLetters(text) : Buffer.from(silhouette)
  const background = { create: { width: sideLength, height: sideLength, channels: 3, background: color } } as const
  const bytes = await sharp(background)
    .composite([{ input: letters }])
    .png()
    .toBuffer()
  return { bytes, mediaType: 'image/png' }
}

/** Uses a bundled font, because a server may have none. */
async function drawLetters(text: string): Promise<Buffer> {
  const { default: sharp } = await import('sharp')
  const markup = `<span foreground="#ffffff">${text}</span>`
  const image = sharp({ text: { text: markup, fontfile: font, font: 'DejaVu Sans Bold 92', dpi: 96, rgba: true } })
  return image
    .resize(sideLength - 60, sideLength - 60, { fit: 'inside', withoutEnlargement: true })
    .png()
    .toBuffer()
}

function graphemes(text: string): string[] {
  return [...new Intl.Segmenter().segment(text.trim())].map(({ segment }) => segment)
}
