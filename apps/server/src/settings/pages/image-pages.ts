import { InvalidInputError, PocketError } from '@pocket/core/errors'
import type { Context } from 'koa'
import { pageActor } from '../../access/actor.ts'
import { type PageRoute, route } from '../../http/page-routes.ts'
import { seeOther } from '../../http/show-page.ts'
import { maxImageBytes } from '../../images/application-images.ts'
import { type ApplicationImage, applicationImages } from '../../images/image.ts'
import { imageNotFound } from '../../images/image-errors.ts'
import { readUpload } from '../../images/upload.ts'
import type { SettingPageDeps } from './deps.ts'
import { pathOf, type SectionPage, settingsPath } from './section-page.ts'

const pagePath = `${settingsPath}/images/:name` as const

export function imagePages(deps: SettingPageDeps, page: SectionPage): readonly PageRoute[] {
  const { applicationImages: images, flashes } = deps
  const finish = (ctx: Context, notice: 'picture_saved' | 'picture_removed') => {
    flashes.set(ctx, pathOf('general'), { done: notice, name: imageOf(ctx) })
    seeOther(ctx, pathOf('general'))
  }

  return [
    // After re-authentication, the file has to be chosen again.
    route.get(pagePath, async (ctx) => seeOther(ctx, `${pathOf('general')}#pictures`)),
    route.post(pagePath, async (ctx, user) => {
      const name = imageOf(ctx)
      try {
        await images.put(pageActor(user, ctx), name, await readPicture(ctx))
      } catch (error) {
        if (!(error instanceof PocketError) || error.status >= 500) throw error
        const problem = {
          field: `picture-${name}`,
          code: error.fields[0]?.code ?? error.code,
          message: error.message,
        }
        return page.show(ctx, user, 'general', { status: error.status, problems: [problem] })
      }
      finish(ctx, 'picture_saved')
    }),
    route.post(`${pagePath}/remove`, async (ctx, user) => {
      await images.remove(pageActor(user, ctx), imageOf(ctx), 'ignore-missing')
      finish(ctx, 'picture_removed')
    }),
  ]
}

/** A browser sends an empty file if none was selected. */
async function readPicture(ctx: Context): Promise<Buffer> {
  const bytes = await readUpload(ctx, maxImageBytes)
  if (bytes.length > 0) return bytes
  throw new InvalidInputError('validation_failed', 'No file was chosen.', {
    fields: [{ field: 'file', code: 'required', message: 'is required' }],
  })
}

function imageOf({ params }: Context): ApplicationImage {
  const name = applicationImages.find((each) => each === params.name)
  if (name === undefined) throw imageNotFound()
  return name
}
