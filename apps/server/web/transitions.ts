// Navigation between settings pages uses a view transition; the navigation bar stays in place.

/** Every page below this path, including its error pages, opts in to transitions itself. */
const desk = '/settings/'

/** No transition for another view of the same page, or for back navigation. */
function turns({ from, entry, navigationType }: NavigationActivation): boolean {
  const [left, comes] = [from?.url, entry.url].map((url) => new URL(url ?? 'about:blank').pathname)
  const takes = getComputedStyle(document.documentElement).getPropertyValue('--t')
  return (
    navigationType !== 'traverse' &&
    left?.startsWith(desk) === true &&
    comes?.startsWith(desk) === true &&
    left !== comes &&
    Number.parseFloat(takes) > 0
  )
}

/** A skipped transition is not an error: the page is displayed without it. */
function hear({ updateCallbackDone, ready, finished }: ViewTransition): void {
  void Promise.allSettled([updateCallbackDone, ready, finished])
}

// Opting in requires listeners, so both are done here. Older browsers support neither.
if ('onpagereveal' in globalThis) {
  const asking = new CSSStyleSheet()
  asking.replaceSync('@view-transition { navigation: auto }')
  document.adoptedStyleSheets.push(asking)
  /**
   * The old page decides, because every settings page supports transitions: if only the first page opts in, browsers start a
   * transition and report its failure on the second page in the console. Chromium also does so if the pointer moves over the
   * second page before it is displayed and before its scripts run.
   */
  addEventListener('pageswap', ({ activation, viewTransition }) => {
    if (!viewTransition) return
    hear(viewTransition)
    const nothingHovers = matchMedia('(any-hover: none)').matches
    if (activation && nothingHovers && turns(activation)) viewTransition.types.add('leaving')
    else viewTransition.skipTransition()
  })
  addEventListener('pagereveal', ({ viewTransition }) => {
    if (viewTransition) hear(viewTransition)
    const { activation } = navigation
    if (activation && turns(activation)) document.documentElement.dataset.turns = ''
  })
}
