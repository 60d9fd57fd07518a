import type { Page } from 'playwright-core'

/** What {@link expectNoAxeViolations} leaves out. */
export interface AxeOptions {
  /** CSS selectors of parts that are not looked at, each with a reason beside it in the test. */
  readonly exclude?: readonly string[]
}

// Everything of WCAG 2.2 at the levels A and AA that axe can check.
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa']

/**
 * Checks the page as it is now with axe, against WCAG 2.2 AA.
 *
 * @throws Error that lists, for each violation, the rule, the elements and what to do.
 */
export async function expectNoAxeViolations(page: Page, options: AxeOptions = {}): Promise<void> {
  const { AxeBuilder } = await import('@axe-core/playwright')
  // The usual mode opens one more page for each check, for frames of other origins; our pages have none.
  const builder = new AxeBuilder({ page }).withTags(tags).setLegacyMode()
  for (const selector of options.exclude ?? []) builder.exclude(selector)
  const { violations } = await builder.analyze()
  if (violations.length === 0) return
  const lines = violations.flatMap((violation) =>
    violation.nodes.map(({ target, failureSummary = '' }) => {
      const todo = failureSummary.replaceAll(/\s*\n\s*/g, ' ')
      return `${violation.id} (${violation.impact}): ${violation.help}\n    ${target.join(' ')}\n    ${todo}`
    }),
  )
  throw new Error(`${page.url()} has ${lines.length} accessibility violation(s):\n${lines.join('\n')}`)
}
