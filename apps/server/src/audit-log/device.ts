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

/** Programs that are not browsers; the group captures the version. SDK-based tools are listed before their HTTP library. */
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

/** The group captures the version; no group if browsers report a frozen version. */
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

/** Maximum length of an unrecognized user agent. */
const longest = 120

/**
 * Describes a user agent, such as `Firefox on Windows`, `Safari on iOS 17.5` or `curl 8.5.0`. Returns an unrecognized
 * user agent unchanged but truncated, because a guess could mislead a user who checks for unknown devices.
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

/** Translates the result of `deviceOf`: each language joins browser and operating system in its own way. */
export type DeviceNames = (device: string) => string

/** Stored values and the API use English, because both outlast the reader's language. */
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
