const browsers: readonly (readonly [name: string, sign: RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\b(?:OPR|OPT|Opera)\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|Chromium|CriOS)\//],
  ['Safari', /\bVersion\/\S+ .*\bSafari\//],
]

/** The group is a version; where browsers tell the same one whatever the system is, there is none. */
const systems: readonly (readonly [name: string, sign: RegExp])[] = [
  ['iOS', /\b(?:iPhone|iPod).*? OS (\d+(?:_\d+)*)/],
  ['iPadOS', /\biPad.*? OS (\d+(?:_\d+)*)/],
  ['Android', /\bAndroid 10; K\b/],
  ['Android', /\bAndroid (\d+(?:\.\d+)*)/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows NT\b/],
  ['macOS', /\bMac OS X\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
]

/**
 * A user agent in words, such as `Firefox on Windows` or `Safari on iOS 17.5`; what is not recognised is returned as it
 * came, since a guess would mislead whoever looks for a stranger.
 */
export function deviceOf(userAgent: string | null): string {
  if (userAgent === null) return ''
  const browser = browsers.find(([, sign]) => sign.test(userAgent))?.[0]
  const system = systemOf(userAgent)
  return browser === undefined || system === undefined ? userAgent : `${browser} on ${system}`
}

function systemOf(userAgent: string): string | undefined {
  for (const [name, sign] of systems) {
    const found = sign.exec(userAgent)
    if (found) return found[1] === undefined ? name : `${name} ${found[1].replaceAll('_', '.')}`
  }
  return undefined
}
