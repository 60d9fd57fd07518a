import { NotFoundError } from '@pocket/core/errors'
import type { Context } from 'koa'
import type { PageDeps } from '../http/deps.ts'
import { formFields, formText, formTexts } from '../http/form.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { viewerOf } from '../http/viewer.ts'
import type { Choices, ScopedKind } from './choices.ts'
import { choiceKinds } from './page-model.ts'
import { maxQueryLength } from './search.ts'

const administrationPath = '/settings/admin/'

/** The matches of a picker, and its search page for browsers without JavaScript. */
export function choosePages(deps: PageDeps & { readonly choices: Choices }): readonly PageRoute[] {
  const { choices, messagesFor, show } = deps
  return [
    route.get('/settings/admin/choices/:kind', async (ctx, user) => {
      const messages = messagesFor(ctx.req, user)
      const { items, total } = await choices.find(kindOf(ctx), queryOf(ctx.query.query), messages)
      const summary = messages.counted('search.results', total)
      ctx.set('Cache-Control', 'no-store')
      ctx.body = { items, summary: total > items.length ? `${summary}. ${messages.text('choose.more')}` : summary }
    }),
    /** Shows the posted form's choice with a search; its other fields are carried along and nothing is stored. */
    route.post('/settings/admin/choose/:kind', async (ctx, user) => {
      const messages = messagesFor(ctx.req, user).marked
      const scopedKind = kindOf(ctx)
      const field = queryOf(ctx.query.field)
      const isSingle = ctx.query.single !== undefined
      const submitTo = sameSitePath(ctx.query.to, '')
      if (field === '' || !submitTo.startsWith(administrationPath))
        throw new NotFoundError('not_found', 'There is no such form.')
      const query = formText(ctx, `choose.${field}`, maxQueryLength).trim()
      const [added, dropped] = [formText(ctx, 'choose.add', 255), formText(ctx, 'choose.drop', 255)]
      const kept = isSingle && added !== '' ? [] : formTexts(ctx, field)
      const ids = [...new Set([...kept, added])].filter((id) => id !== '' && id !== dropped)
      const { items, total } = await choices.find(scopedKind, query, messages)
      await show(ctx, {
        view: 'choose',
        viewer: viewerOf(user),
        kind: scopedKind.kind,
        field,
        query,
        maxQueryLength,
        here: ctx.path + ctx.search,
        submitTo,
        submitMethod: ctx.query.method === 'get' ? 'get' : 'post',
        fields: formFields(ctx).filter(({ name }) => name !== field && !name.startsWith('choose.')),
        chosen: await choices.named(scopedKind, ids, messages),
        found: items.filter(({ id }) => !ids.includes(id)),
        total,
      })
    }),
  ]
}

function kindOf(ctx: Context): ScopedKind {
  const [name = '', scope = ''] = String(ctx.params.kind).split(':')
  const kind = choiceKinds.find((each) => each === name)
  if (kind === undefined) throw new NotFoundError('not_found', 'There is nothing of this kind to choose.')
  return { kind, scope }
}

function queryOf(value: string | readonly string[] | undefined): string {
  return String([value ?? ''].flat()[0])
    .slice(0, maxQueryLength)
    .toWellFormed()
    .trim()
}
