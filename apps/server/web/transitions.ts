// From one page of the desk to another the page turns, beside a rail that stays.

/** Every page below it, its errors too, asks for transitions itself. */
const desk = '/settings/'

/** What shows only otherwise what was there before doesn't turn, nor do those who go back wait. */
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

/** A transition that is skipped or overtaken is no failure: the page is there without. */
function hear({ updateCallbackDone, ready, finished }: ViewTransition): void {
  void Promise.allSettled([updateCallbackDone, ready, finished])
}

// Whoever asks for transitions has to listen, so both are done here. Older browsers know neither.
if ('onpagereveal' in globalThis) {
  const asking = new CSSStyleSheet()
  asking.replaceSync('@view-transition { navigation: auto }')
  document.adoptedStyleSheets.push(asking)
  /**
   * The page that is left decides, and every page of the desk can be gone to with a transition: where only the first of two
   * asks for one, browsers make one and fail it on the second, which says so on the console. So does Chromium where a
   * pointer moves over the second before that has been shown, and before any script of it runs.
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
