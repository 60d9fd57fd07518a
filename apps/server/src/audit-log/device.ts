import type { Messages } from '../http/messages.ts'

const browsers: readonly (readonly [name: string, sign: RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\b(?:OPR|OPT|Opera)\//],
  ['Vivaldi', /\bVivaldi\//],
  ['DuckDuckGo', /\b(?:DuckDuckGo|Ddg)\//],
  ['Yandex Browser', /\bYaBrowser\//],
  ['Amazon Silk', /\bSilk\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(?:Firefox|FxiOS|Focus)\//],
  ['headless Chrome', /\bHeadlessChrome\//],
  ['Chrome', /\b(?:Chrome|Chromium|CriOS)\//],
  ['Safari', /\bVersion\/\S+ .*\bSafari\//],
]

/** Programs that are no browsers; the group is a version. Those that say what they are built with say it after their name. */
const programs: readonly (readonly [name: string, sign: RegExp])[] = [
  ['Terraform', /\bTerraform\/v?(\S+)/],
  ['OpenTofu', /\bOpenTofu\/v?(\S+)/i],
  ['Pulumi', /\bPulumi\/v?(\S+)/i],
  ['Ansible', /^ansible-httpget\b/],
  ['kubectl', /^kubectl\/v?(\S+)/],
  ['kubelogin', /^kubelogin\/v?(\S+)/],
  ['Git', /^git\/(\S+)/],
  ['rclone', /^rclone\/v?(\S+)/],
  ['PowerShell', /\b(?:Windows)?PowerShell\/(\S+)/],
  ['Postman', /^PostmanRuntime\/(\S+)/],
  ['Insomnia', /^insomnia\/(\S+)/i],
  ['HTTPie', /^HTTPie\/(\S+)/],
  ['curl', /^curl\/(\S+)/],
  ['Wget', /^Wget\/(\S+)/],
  ['Python (requests)', /^python-requests\/(\S+)/],
  ['Python (httpx)', /^python-httpx\/(\S+)/],
  ['Python (urllib)', /^Python-urllib\/(\S+)/],
  ['Python (aiohttp)', /^Python\/\S+ aiohttp\/(\S+)/],
  ['Go', /^Go-http-client\/\S+$/],
  ['Java', /^(?:Java-http-client|Java)\/(\S+)/],
  ['Apache HttpClient', /^Apache-HttpClient\/(\S+)/],
  ['OkHttp', /^okhttp\/(\S+)/],
  ['axios', /^axios\/(\S+)/],
  ['Node.js', /^(?:node|undici|node-fetch)(?:\/(\S+))?$/],
  ['Deno', /^Deno\/(\S+)/],
  ['Bun', /^Bun\/(\S+)/],
  ['Dart', /^Dart\/(\S+) \(dart:io\)/],
  ['Ruby', /^Ruby$/],
  ['Perl', /^libwww-perl\/(\S+)/],
  ['PHP (Guzzle)', /^GuzzleHttp\/(\S+)/],
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

/** Of what is not recognised: enough to tell it from others, and not a page full of it. */
const longest = 120

/**
 * A user agent in words, such as `Firefox on Windows`, `Safari on iOS 17.5` or `curl 8.5.0`; what is not recognised is
 * returned as it came, its beginning where it is long, since a guess would mislead whoever looks for a stranger.
 */
export function deviceOf(userAgent: string | null): string {
  if (userAgent === null) return ''
  const program = versioned(programs, userAgent)
  if (program !== undefined) return program
  const browser = browsers.find(([, sign]) => sign.test(userAgent))?.[0]
  const system = versioned(systems, userAgent)
  return browser === undefined || system === undefined ? shortened(userAgent.trim()) : `${browser} on ${system}`
}

const named = (known: readonly (readonly [name: string, sign: RegExp])[]) => known.map(([name]) => name).join('|')
const composed = new RegExp(`^(${named(browsers)}) on ((?:${named(systems)})(?: [\\d.]+)?)$`)

/** How people read what `deviceOf` has returned: each language joins a browser and its system in its own way. */
export type DeviceNames = (device: string) => string

/** Kept and told by the API, a device is in English, since both outlast the language that somebody reads. */
export function deviceNames({ text }: Pick<Messages, 'text'>): DeviceNames {
  return (device) => {
    const [, browser, system] = composed.exec(device) ?? []
    return browser === undefined || system === undefined ? device : text('deviceName', { browser, system })
  }
}

function versioned(known: readonly (readonly [name: string, sign: RegExp])[], userAgent: string): string | undefined {
  for (const [name, sign] of known) {
    const found = sign.exec(userAgent)
    if (found) return shortened(found[1] === undefined ? name : `${name} ${found[1].replaceAll('_', '.')}`)
  }
  return undefined
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1).toWellFormed()}…` : text
}
