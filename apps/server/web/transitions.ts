// From one page of the desk to another the page turns, beside a rail that stays.

/** Every page below it, its errors too, asks for transitions itself. */
const desk = '/settings/'

/**
 * The page that is left decides, and every page of the desk can be gone to with a transition: where only the first of two
 * asks for one, browsers make one and fail it on the second, which says so on the console. What shows only otherwise what
 * was there before doesn't turn, nor do those who go back wait.
 */
function turns({ entry, navigationType }: NavigationActivation): boolean {
  const { pathname } = new URL(entry.url ?? '', location.href)
  const takes = getComputedStyle(document.documentElement).getPropertyValue('--t')
  return (
    navigationType !== 'traverse' &&
    pathname.startsWith(desk) &&
    pathname !== location.pathname &&
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
  addEventListener('pageswap', ({ activation, viewTransition }) => {
    if (!viewTransition) return
    hear(viewTransition)
    if (activation && turns(activation)) viewTransition.types.add('leaving')
    else viewTransition.skipTransition()
  })
  addEventListener('pagereveal', ({ viewTransition }) => {
    if (!viewTransition) return
    hear(viewTransition)
    viewTransition.types.add('coming')
  })
}
