import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { applyToEach } from './bulk.ts'
import type { Flashes } from './flash.ts'
import { formText, formTexts } from './form.ts'
import { listReturnUrl } from './list-page.ts'
import { type ShowPage, seeOther } from './show-page.ts'
import { viewerOf } from './viewer.ts'

interface BulkItem {
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
  readonly find: (id: string) => Promise<BulkItem | undefined>
  readonly work: (id: string) => Promise<unknown>
}

/** The maximum page size of a list. */
const maxItems = 100
/** Maximum number of names on the confirmation page. */
const maxNames = 20

/** Runs a destructive action for each selected item after confirmation, and returns to the list. */
export async function runBulkAction(
  ctx: Context,
  { viewer, path, within, asks, act, find, work }: BulkAction,
  { show, flashes }: { readonly show: ShowPage; readonly flashes: Flashes },
): Promise<void> {
  const list = formText(ctx, 'list', 2000)
  const candidates = await Promise.all([...new Set(formTexts(ctx, 'ids'))].slice(0, maxItems).map(find))
  const items = candidates.filter((item) => item !== undefined)
  if (items.length > 0 && formText(ctx, 'confirmed', 3) !== 'yes')
    return show(ctx, {
      view: 'confirm',
      viewer: viewerOf(viewer),
      within,
      confirmation: {
        act: asks,
        names: items.slice(0, maxNames).map(({ name }) => name),
        count: items.length,
        submitTo: `${path}/bulk`,
        fields: [
          { name: 'act', value: act },
          { name: 'list', value: list },
          ...items.map(({ id }) => ({ name: 'ids', value: id })),
        ],
        isDangerous: true,
      },
      cancelTo: listReturnUrl(path, list),
    })
  const nothing = { done: 'nothing', count: 0, refused: [] }
  flashes.set(ctx, path, items.length === 0 ? nothing : await applyToEach(act, items, ({ id }) => work(id)))
  seeOther(ctx, listReturnUrl(path, list))
}
