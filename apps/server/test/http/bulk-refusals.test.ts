import { expect, test } from '@jest/globals'
import { ConflictError } from '@pocket/core/errors'
import { runBulkAction } from '../../src/http/bulk-actions.ts'
import type { Confirmation, ConfirmPage } from '../../src/http/confirm-page-model.ts'

test('shows all items that were rejected if their names are too long for the cookie', async () => {
  const shown: ConfirmPage[] = []
  const action = {
    ...{ viewer: {}, path: '/jobs', within: 'jobs', asks: 'jobs.run', act: 'run', isImmediate: true },
    find: async (ids: readonly string[]) => ids.map((id) => ({ id, name: id })),
    async work() {
      throw new ConflictError('job_running', 'Rejected.')
    },
  }
  const deps = {
    show: async (_ctx: unknown, page: ConfirmPage) => void shown.push(page),
    flashes: {
      set: (_ctx: unknown, _path: string, { refused }: { readonly refused: readonly unknown[] }) => refused.length <= 2,
      consume: () => ({}),
    },
  }
  const run = async (ids: readonly string[]) => {
    const ctx = { is: () => false, request: { body: { ids } }, redirect: () => {} }
    await runBulkAction(ctx as never, action as never, deps as never)
    return shown.pop()?.confirmation.refused?.map(({ name }) => name)
  }
  expect(await run(['one', 'two', 'three'])).toEqual(['one', 'two', 'three'])
  expect(await run(['one', 'two'])).toBeUndefined()
})

test('shows all items that several batches rejected, which no cookie can carry', async () => {
  const ids = Array.from({ length: 120 }, (_, number) => `id-${number}`)
  const shown: ConfirmPage[] = []
  const action = {
    ...{ viewer: {}, path: '/groups', within: 'groups', asks: 'groups.delete', act: 'delete' },
    find: async (found: readonly string[]) => found.map((id) => ({ id, name: `Group ${id}` })),
    async work({ id }: { readonly id: string }) {
      if (id !== 'id-7') throw new ConflictError('job_running', 'Rejected.')
    },
  }
  const stored: { readonly refused: readonly unknown[] }[] = []
  const deps = {
    show: async (_ctx: unknown, page: ConfirmPage) => void shown.push(page),
    flashes: {
      set: (_ctx: unknown, _path: string, notice: never) => stored.push(notice),
      consume: () => stored.at(-1),
    },
  }
  const submit = (fields: Confirmation['fields']) => {
    const names = new Set(fields.map(({ name }) => name))
    const valuesOf = (name: string) => fields.flatMap((field) => (field.name === name ? [field.value] : []))
    const body = { confirmed: 'yes', ...Object.fromEntries([...names].map((name) => [name, valuesOf(name)])) }
    return runBulkAction({ is: () => false, request: { body } } as never, action as never, deps as never)
  }
  await submit(ids.map((value) => ({ name: 'ids', value })))
  for (const done of [50, 100]) {
    expect(shown.at(-1)?.confirmation.progress).toEqual({ done, total: 120 })
    await submit(shown.at(-1)?.confirmation.fields ?? [])
  }
  const { progress, refused = [] } = shown.at(-1)?.confirmation ?? {}
  expect([progress, refused.length]).toEqual([{ done: 120, total: 120 }, 119])
  expect(refused.at(-1)).toEqual({ name: 'Group id-119', code: 'job_running' })
  expect(stored.at(-1)).toMatchObject({ count: 1, refusedCount: 119 })
  expect(stored.at(-1)?.refused).toHaveLength(8)
})
