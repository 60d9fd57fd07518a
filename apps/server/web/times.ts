// The server does not know the time zone of the browser.

const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'long' })

function localTime(time: HTMLTimeElement): string {
  return format.format(new Date(time.dateTime))
}

/** The tooltip of a relative time such as “3 hours ago” shows the exact time. */
document.addEventListener('pointerover', ({ target }) => {
  const time = target instanceof Element ? target.closest<HTMLTimeElement>('time[datetime]') : null
  if (time && time.title === '') time.title = localTime(time)
})

/** Details are closed when the page is shown, so replacing their text moves nothing. */
document.addEventListener(
  'toggle',
  ({ target }) => {
    if (!(target instanceof HTMLDetailsElement)) return
    for (const time of target.querySelectorAll<HTMLTimeElement>('time[data-exact]')) time.textContent = localTime(time)
  },
  { capture: true },
)
