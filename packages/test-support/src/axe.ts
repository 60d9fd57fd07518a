import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { ElementContext, Result, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

declare global {
  // The global in the page that evaluated the script.
  var axe: typeof import('axe-core')
}

/** The parts that {@link expectNoAxeViolations} skips. */
export interface AxeOptions {
  /** CSS selectors of elements to skip, each with a reason in the test. */
  readonly exclude?: readonly string[]
}

const axeScript = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
// All rules of WCAG 2.2 at levels A and AA that axe can check, and its best practices, such as named landmarks.
const tags = ['best-practice', 'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa']

/**
 * Checks the current page with axe against WCAG 2.2 AA and its own best practices.
 *
 * @throws Error that lists, for each violation, the rule, the elements and the remedy.
 */
export async function expectNoAxeViolations(page: Page, { exclude }: AxeOptions = {}): Promise<void> {
  // The script stays in the page until navigation, since parsing axe takes most of the time.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(await readFile(axeScript, 'utf8'))
  // For results other than violations axe needs to report one element only. A context without `include` is the whole page.
  const options: RunOptions = { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }
  const violations = await page.evaluate(runAxe, { context: { exclude: [...(exclude ?? [])] }, options })
  if (violations.length === 0) return
  const lines = violations.flatMap((violation) =>
    violation.nodes.map(({ target, failureSummary = '' }) => {
      const remedy = failureSummary.replaceAll(/\s*\n\s*/g, ' ')
      return `${violation.id} (${violation.impact}): ${violation.help}\n    ${target.join(' ')}\n    ${remedy}`
    }),
  )
  throw new Error(`${page.url()} has ${lines.length} accessibility violation(s):\n${lines.join('\n')}`)
}

/** Runs in the page. */
async function runAxe({ context, options }: { context: ElementContext; options: RunOptions }): Promise<Result[]> {
  const { violations } = await globalThis.axe.run(context, options)
  return violations
}
