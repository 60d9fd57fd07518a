import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { ElementContext, Result, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

declare global {
  // Where it was evaluated, in a page.
  var axe: typeof import('axe-core')
}

/** What {@link expectNoAxeViolations} leaves out. */
export interface AxeOptions {
  /** CSS selectors of parts that are not looked at, each with a reason beside it in the test. */
  readonly exclude?: readonly string[]
}

const source = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
// Everything of WCAG 2.2 at the levels A and AA that axe can check.
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa']

/**
 * Checks the page as it is now with axe, against WCAG 2.2 AA.
 *
 * @throws Error that lists, for each violation, the rule, the elements and what to do.
 */
export async function expectNoAxeViolations(page: Page, { exclude }: AxeOptions = {}): Promise<void> {
  // It stays in the page until that goes: most of what a check costs is the reading of axe itself.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(await readFile(source, 'utf8'))
  // Of anything but violations it has to tell one element only. A context without `include` is the whole page.
  const options: RunOptions = { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }
  const violations = await page.evaluate(runAxe, { context: { exclude: [...(exclude ?? [])] }, options })
  if (violations.length === 0) return
  const lines = violations.flatMap((violation) =>
    violation.nodes.map(({ target, failureSummary = '' }) => {
      const todo = failureSummary.replaceAll(/\s*\n\s*/g, ' ')
      return `${violation.id} (${violation.impact}): ${violation.help}\n    ${target.join(' ')}\n    ${todo}`
    }),
  )
  throw new Error(`${page.url()} has ${lines.length} accessibility violation(s):\n${lines.join('\n')}`)
}

/** In the page. */
async function runAxe({ context, options }: { context: ElementContext; options: RunOptions }): Promise<Result[]> {
  const { violations } = await globalThis.axe.run(context, options)
  return violations
}
