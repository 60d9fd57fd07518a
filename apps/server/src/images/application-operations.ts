import { actorOf } from '../access/actor.ts'
import { type Operation, operationsIn } from '../http/api/operation.ts'
import { type ApplicationImages, maxImageBytes } from './application-images.ts'
import type { ApplicationImage } from './image.ts'
import { imageNotFound } from './image-errors.ts'
import { imageTypes, markReencoded, reencodedNote, serveImage, staleWhileRevalidate } from './serve.ts'
import { lightQuery, themeOf } from './theme.ts'
import { readUpload } from './upload.ts'

const settingsApi = operationsIn('settings')

type Query = Parameters<typeof themeOf>[0]

interface ImageRoute {
  /** The suffix of the `operationId`s. */
  readonly id: string
  readonly path: `/api/${string}`
  readonly label: string
  readonly image: (query: Query) => ApplicationImage
  readonly hasThemes?: true
  /** Whether the image can be deleted without a replacement. */
  readonly isRemovable?: true
}

/** The logo has no default in Pocket ID. */
const defaultQuery = ({ hasThemes }: ImageRoute) => ({
  default: {
    type: 'boolean',
    default: hasThemes !== true,
    description: 'Whether to respond with the default image if none was uploaded.',
  } as const,
})

const logo = (query: Query): ApplicationImage => (themeOf(query) === 'light' ? 'logoLight' : 'logoDark')

const routes: readonly ImageRoute[] = [
  {
    id: 'Logo',
    path: '/api/application-images/logo',
    label: 'the logo',
    image: logo,
    hasThemes: true,
    isRemovable: true,
  },
  { id: 'EmailLogo', path: '/api/application-images/email', label: 'the logo of e-mails', image: () => 'email' },
  {
    id: 'Background',
    path: '/api/application-images/background',
    label: 'the background',
    image: () => 'background',
    isRemovable: true,
  },
  { id: 'Favicon', path: '/api/application-images/favicon', label: 'the favicon', image: () => 'favicon' },
  {
    id: 'DefaultProfilePicture',
    path: '/api/application-images/default-profile-picture',
    label: 'the default profile picture',
    image: () => 'default-profile-picture',
    isRemovable: true,
  },
  // Paths of versions before 2.14.
  {
    id: 'LogoByOlderPath',
    path: '/api/application-configuration/logo',
    label: 'the logo (older path)',
    image: logo,
    hasThemes: true,
  },
  {
    id: 'FaviconByOlderPath',
    path: '/api/application-configuration/favicon',
    label: 'the favicon (older path)',
    image: () => 'favicon',
  },
  {
    id: 'BackgroundByOlderPath',
    path: '/api/application-configuration/background-image',
    label: 'the background (older path)',
    image: () => 'background',
  },
]

/** `/api/application-images`, and the paths of versions before 2.14. */
export function applicationImageOperations(images: ApplicationImages): readonly Operation[] {
  return routes.flatMap((route) => operationsOf(route, images))
}

function operationsOf(route: ImageRoute, images: ApplicationImages): readonly Operation[] {
  const { id, path, label, image } = route
  const themes = route.hasThemes && { query: lightQuery }
  const removal = settingsApi.delete(path, {
    ...themes,
    id: `delete${id}`,
    summary: `Delete ${label}`,
    handle: (call) => images.remove(actorOf(call), image(call.query)),
  })
  return [
    settingsApi.get(path, {
      id: `read${id}`,
      query: { ...(route.hasThemes && lightQuery), ...defaultQuery(route) },
      summary: `Read ${label}`,
      response: { status: 200, types: imageTypes },
      async handle({ ctx, query }) {
        const stored = await images.find(image(query))
        const includesDefault = route.hasThemes ? query.default === 'true' : query.default !== 'false'
        if (!stored || (stored.bundled && !includesDefault)) throw imageNotFound()
        await serveImage(ctx, stored, staleWhileRevalidate.application)
      },
    }),
    settingsApi.put(path, {
      ...themes,
      id: `replace${id}`,
      summary: `Replace ${label}`,
      note: reencodedNote,
      upload: true,
      async handle(call) {
        const bytes = await readUpload(call.ctx, maxImageBytes)
        const stored = await images.put(actorOf(call), image(call.query), bytes)
        markReencoded(call.ctx, !stored.bytes.equals(bytes))
      },
    }),
    ...(route.isRemovable ? [removal] : []),
  ]
}
