import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { withEach } from './bulk.ts'
import type { Flashes } from './flash.ts'
import { formText, formTexts } from './form.ts'
import { backTo } from './list-page.ts'
import { type ShowPage, seeOther } from './show-page.ts'
import { viewerOf } from './viewer.ts'

interface Concerned {
  readonly id: string
  readonly name: string
}

/** A bulk action of a list. */
export interface BulkAction {
  readonly viewer: User
  /** The path of the list. Its form is posted to `/bulk` below. */
  readonly path: string
  /** The view of the list, marked as current in the navigation. */
  readonly within: string
  /** The prefix of its messages is `confirm.ASKS`. */
  readonly asks: string
  /** The form value of `act`; the message of the result is below `VIEW.done.ACT`. */
  readonly act: string
  readonly find: (id: string) => Promise<Concerned | undefined>
  readonly work: (id: string) => Promise<unknown>
}

/** The maximum page size of a list. */
const most = 100
/** Maximum number of names on the confirmation page. */
const maxNames = 20

/** Runs a destructive action for each selected item after confirmation, and returns to the list. */
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
