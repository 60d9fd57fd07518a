// Navigation between settings pages uses a view transition; the navigation bar stays in place.

/** Every page below this path, including its error pages, opts in to transitions itself. */
const settingsPath = '/settings/'

/** No transition for another view of the same page, or for back navigation. */
function shouldTransition({ from, entry, navigationType }: NavigationActivation): boolean {
  const [fromPath, toPath] = [from?.url, entry.url].map((url) => new URL(url ?? 'about:blank').pathname)
  const duration = getComputedStyle(document.documentElement).getPropertyValue('--t')
  return (
    navigationType !== 'traverse' &&
    fromPath?.startsWith(settingsPath) === true &&
    toPath?.startsWith(settingsPath) === true &&
    fromPath !== toPath &&
    Number.parseFloat(duration) > 0
  )
}

/** A skipped transition is not an error: the page is displayed without it. */
function ignoreFailure({ updateCallbackDone, ready, finished }: ViewTransition): void {
  void Promise.allSettled([updateCallbackDone, ready, finished])
}

// Opting in requires listeners, so both are done here. Older browsers support neither.
if ('onpagereveal' in globalThis) {
  const styleSheet = new CSSStyleSheet()
  styleSheet.replaceSync('@view-transition { navigation: auto }')
  document.adoptedStyleSheets.push(styleSheet)
  /**
   * The old page decides, because every settings page supports transitions: if only the first page opts in, browsers start a
   * transition and report its failure on the second page in the console. Chromium also does so if the pointer moves over the
   * second page before it is displayed and before its scripts run.
   */
  addEventListener('pageswap', ({ activation, viewTransition }) => {
    if (!viewTransition) return
    ignoreFailure(viewTransition)
    const cannotHover = matchMedia('(any-hover: none)').matches
    if (activation && cannotHover && shouldTransition(activation)) viewTransition.types.add('leaving')
    else viewTransition.skipTransition()
  })
  addEventListener('pagereveal', ({ viewTransition }) => {
    if (viewTransition) ignoreFailure(viewTransition)
    const { activation } = navigation
    if (activation && shouldTransition(activation)) document.documentElement.dataset.turns = ''
  })
}
