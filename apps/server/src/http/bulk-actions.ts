import { randomUUID } from 'node:crypto'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import {
  applyToEach,
  type BulkNotice,
  bulkNotice,
  joinNotices,
  nothingSelected,
  type RefusedItem,
  storeNotice,
} from './bulk.ts'
import type { Confirmation } from './confirm-page-model.ts'
import type { Flashes } from './flash.ts'
import { formText, formTexts } from './form.ts'
import { listReturnUrl } from './list-page.ts'
import type { PageHandler } from './page-routes.ts'
import { type ShowPage, seeOther } from './show-page.ts'
import { viewerOf } from './viewer.ts'

interface BulkItem {
  readonly id: string
  readonly name: string
}

export interface BulkAction<Item extends BulkItem> {
  readonly viewer: User
  /** The path of the list. Its form is posted to `/bulk` below. */
  readonly path: string
  /** The view of the list, marked as current in the navigation. */
  readonly within: string
  /** The prefix of its messages is `confirm.ASKS`. */
  readonly asks: string
  /** The form value of `act`; the label of the result is `VIEW.done.ACT`, or one of `done`. */
  readonly act: string
  readonly find: (ids: readonly string[]) => Promise<readonly Item[]>
  /** The first items that match the query of the list; without it, only items of one page can be selected. */
  readonly findMatching?: (query: string, limit: number) => Promise<Matches<Item>>
  /** The administrator's choice on the confirmation page. */
  readonly choice?: { readonly kind: string }
  /** Resolves to `false` if it changes nothing. */
  readonly work: (item: Item, choices: readonly string[]) => Promise<unknown>
  readonly isDangerous?: boolean
  /** Runs without confirmation. */
  readonly isImmediate?: boolean
  /** A user whom it changes is signed out. */
  readonly endsSessions?: boolean
  /** Requires re-authentication before the action, if these items need it. */
  readonly protect?: (items: readonly Item[], run: PageHandler) => Promise<PageHandler>
  /** The inverse action. */
  readonly undo?: string
}

interface Matches<Item> {
  readonly items: readonly Item[]
  readonly total: number
}

const maxItems = 500
/** Items of one request. Each is changed in a transaction of its own, so all of them could exceed the time limit of a proxy. */
const batchSize = 50
/** Maximum number of matches among which the confirmed items are looked up again. */
const maxMatches = 10_000
/** As many as fit into the cookie of the notice. */
const maxUndoItems = 25
const maxIdLength = 2048

/** The submitted action: of the selection, or of the menu of one row (`one`, as `ACT:ID`). */
export function submittedAct(ctx: Context): string {
  const one = formText(ctx, 'one', maxIdLength + 50)
  return one === '' ? formText(ctx, 'act', 50) : one.slice(0, one.indexOf(':'))
}

/** The own account comes last: disabling it ends the session, which the other batches need. */
function submittedIds(ctx: Context, ownId: string): readonly string[] {
  const one = formText(ctx, 'one', maxIdLength + 50)
  if (one !== '') return [one.slice(one.indexOf(':') + 1)]
  const ids = [...new Set(formTexts(ctx, 'ids', maxIdLength))].slice(0, maxItems)
  return [...ids.filter((id) => id !== ownId), ...ids.filter((id) => id === ownId)]
}

/** What earlier batches rejected: the cookie of the notice has room for the first ones only. */
function submittedRefusals(ctx: Context): readonly RefusedItem[] {
  return formTexts(ctx, 'refused').map((text) => {
    const space = text.indexOf(' ')
    return { code: text.slice(0, space), name: text.slice(space + 1) }
  })
}

/**
 * Runs an action for the selected items, or all that match, after confirmation, and returns to the list. Of all that matched,
 * only those are changed that were confirmed and still match. More than one batch continues with a request for each, which the
 * page submits automatically.
 */
export async function runBulkAction<Item extends BulkItem>(
  ctx: Context,
  action: BulkAction<Item>,
  { show, flashes }: { readonly show: ShowPage; readonly flashes: Flashes },
): Promise<void> {
  const { path, act, find, findMatching, choice } = action
  const list = formText(ctx, 'list', 2000)
  const isConfirmed = action.isImmediate === true || formText(ctx, 'confirmed', 3) === 'yes'
  const isAll = findMatching !== undefined && formText(ctx, 'all', 3) === 'yes'
  const ids = submittedIds(ctx, action.viewer.id)
  const choices = choice === undefined ? [] : formTexts(ctx, 'choices')
  const canRun = isConfirmed && (choice === undefined || choices.length > 0)
  const batch = canRun ? ids.slice(0, batchSize) : ids
  const rest = ids.slice(batch.length)
  const [submittedRun, total] = [formText(ctx, 'run', 40), Number(formText(ctx, 'of', 6)) || ids.length]
  const fields = (remaining: readonly string[]): Confirmation['fields'] => [
    { name: 'act', value: act },
    { name: 'list', value: list },
    ...(isAll ? [{ name: 'all', value: 'yes' }] : []),
    ...remaining.map((id) => ({ name: 'ids', value: id })),
  ]
  const showConfirmation = (confirmation: Pick<Confirmation, 'names' | 'count' | 'fields'> & Partial<Confirmation>) =>
    show(ctx, {
      view: 'confirm',
      viewer: viewerOf(action.viewer),
      within: action.within,
      confirmation: {
        act: action.asks,
        submitTo: `${path}/bulk`,
        isDangerous: action.isDangerous ?? true,
        ...confirmation,
      },
      cancelTo: listReturnUrl(path, list),
    })
  const matches = isAll ? await findMatching(list, isConfirmed ? maxMatches : maxItems) : undefined
  const confirmedIds = new Set(batch)
  const items =
    matches === undefined
      ? await find(batch)
      : isConfirmed
        ? matches.items.filter(({ id }) => confirmedIds.has(id))
        : matches.items
  if (!isConfirmed ? items.length === 0 : ids.length === 0) {
    storeNotice(flashes, ctx, path, nothingSelected)
    return seeOther(ctx, listReturnUrl(path, list))
  }
  if (canRun) {
    const run: PageHandler = async () => {
      const changedIds: string[] = []
      const notice = await applyToEach(act, items, async (item) => {
        const isChanged = (await action.work(item, choices)) !== false
        if (isChanged) changedIds.push(item.id)
        return isChanged
      })
      const skipped = notice.skipped + batch.length - items.length
      const stored = submittedRun === '' ? {} : flashes.consume(ctx, path)
      const before = stored.run === submittedRun ? bulkNotice(stored) : null
      const isWhole = before === null && rest.length === 0
      const isLockedOut = action.endsSessions === true && changedIds.includes(action.viewer.id)
      const refused = [...submittedRefusals(ctx), ...notice.refused]
      const joined = {
        ...joinNotices(before, {
          ...notice,
          skipped,
          ...(isWhole && !isLockedOut && undoOf(action, changedIds)),
        }),
        refused,
      }
      if (isLockedOut) return show(ctx, { view: 'locked-out', list: action.within, notice: joined })
      if (rest.length === 0 && storeNotice(flashes, ctx, path, joined)) return seeOther(ctx, listReturnUrl(path, list))
      const run = submittedRun || randomUUID()
      // Leaving the page shows the result so far.
      storeNotice(flashes, ctx, path, { ...joined, run })
      await showConfirmation({
        names: [],
        count: rest.length,
        fields: [
          ...fields(rest),
          ...choices.map((value) => ({ name: 'choices', value })),
          { name: 'run', value: run },
          { name: 'of', value: String(total) },
          ...refused.map(({ name, code }) => ({ name: 'refused', value: `${code} ${name}` })),
        ],
        refused,
        progress: { done: total - rest.length, total },
      })
    }
    return (action.protect ? await action.protect(items, run) : run)(ctx)
  }
  await showConfirmation({
    names: items.map(({ name }) => name),
    count: items.length,
    ...(matches && matches.total > items.length && { total: matches.total }),
    fields: fields(items.map(({ id }) => id)),
    ...(choice && { choice: { ...choice, name: 'choices', isMissing: isConfirmed } }),
  })
  if (isConfirmed) ctx.status = 400
}

/** Only changed items can be reverted: one that had the state before keeps it. */
function undoOf({ undo }: { readonly undo?: string }, ids: readonly string[]): Pick<BulkNotice, 'undo'> {
  return undo !== undefined && ids.length > 0 && ids.length <= maxUndoItems ? { undo: { act: undo, ids } } : {}
}
