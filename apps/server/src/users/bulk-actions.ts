import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import type { Flashes } from '../http/flash.ts'
import { formText, formTexts } from '../http/form.ts'
import { backTo } from '../http/list-page.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { withEach } from './bulk.ts'

interface Concerned {
  readonly id: string
  readonly name: string
}

/** One thing that a list does with those that were selected. */
export interface BulkAction {
  readonly viewer: User
  /** Of the list. Its form is posted to `/bulk` below it. */
  readonly path: string
  /** The view of the list, for the rail. */
  readonly within: string
  /** Its sentences are below `confirm.ASKS` in the catalogue. */
  readonly asks: string
  /** What the form sends as `act`; what was done is below `VIEW.done.ACT`. */
  readonly act: string
  readonly find: (id: string) => Promise<Concerned | undefined>
  readonly work: (id: string) => Promise<unknown>
}

/** As many as a page of a list shows at most. */
const most = 100
/** Names that the page that asks shows. */
const maxNames = 20

/** Does something dangerous with each that was selected, once somebody has confirmed it, and leads back to the list. */
export async function withBulk(
  ctx: Context,
  { viewer, path, within, asks, act, find, work }: BulkAction,
  { show, flashes }: { readonly show: ShowPage; readonly flashes: Flashes },
): Promise<void> {
  const list = formText(ctx, 'list', 2000)
  const found = await Promise.all([...new Set(formTexts(ctx, 'ids'))].slice(0, most).map(find))
  const concerned = found.filter((each) => each !== undefined)
  if (concerned.length > 0 && formText(ctx, 'confirmed', 3) !== 'yes')
    return show(ctx, {
      view: 'confirm',
      viewer: viewerOf(viewer),
      within,
      confirmation: {
        act: asks,
        names: concerned.slice(0, maxNames).map(({ name }) => name),
        count: concerned.length,
        submitTo: `${path}/bulk`,
        fields: [
          { name: 'act', value: act },
          { name: 'list', value: list },
          ...concerned.map(({ id }) => ({ name: 'ids', value: id })),
        ],
        isDangerous: true,
      },
      cancelTo: backTo(path, list),
    })
  const nothing = { done: 'nothing', count: 0, refused: [] }
  flashes.leave(ctx, path, concerned.length === 0 ? nothing : await withEach(act, concerned, ({ id }) => work(id)))
  seeOther(ctx, backTo(path, list))
}
