import Bowser from 'bowser'
import type { Messages } from './messages.ts'

/** Maximum length of a description, in UTF-16 code units. */
const maxLength = 120

/**
 * Describes a user agent, such as `Firefox on Windows`, `Safari on iOS 17.5` or `curl 8.5.0`. Returns an unrecognized
 * user agent unchanged but truncated, because a guess could mislead a user who checks for unknown devices.
 */
export function deviceOf(userAgent: string | null): string {
  if (userAgent === null) return ''
  return truncate((userAgent.startsWith('Mozilla/') ? browserOf(userAgent) : programOf(userAgent)) ?? userAgent.trim())
}

/** Undefined without a version: apps with an embedded browser send its user agent without one. */
function browserOf(userAgent: string): string | undefined {
  const { browser, os } = Bowser.parse(userAgent)
  if (!browser.name || !browser.version || !os.name) return undefined
  return `${browser.name.replace(' for Android', '')} on ${os.name}${hasVersion(os) ? ` ${os.version}` : ''}`
}

/** Desktop systems, and Chrome on Android as version 10, report a version that no longer changes. */
function hasVersion({ name, version }: { readonly name?: string; readonly version?: string }): boolean {
  return version !== undefined && (name === 'iOS' || (name === 'Android' && version !== '10'))
}

/** The first product of a program (RFC 9110 §10.1.5), with its version. */
function programOf(userAgent: string): string | undefined {
  const [, name, version] = /^(?:HashiCorp )?([A-Za-z][\w.-]*)\/v?(\d\S*)(?= \(| [\w.-]+\/|$)/.exec(userAgent) ?? []
  return name === undefined ? undefined : `${name} ${version}`
}

/** Translates the result of `deviceOf`: each language joins browser and operating system in its own way. */
export type DeviceNames = (device: string) => string

/** Stored values and the API use English, because both outlast the reader's language. */
export function deviceNames({ text }: Pick<Messages, 'text'>): DeviceNames {
  return (device) => {
    const [, browser, system] =
      /^([\w ]+) on ((?:Windows|macOS|Linux|Chrome OS|iOS|Android)(?: [\d.]+)?)$/.exec(device) ?? []
    return browser === undefined || system === undefined ? device : text('deviceName', { browser, system })
  }
}

function truncate(text: string): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1).toWellFormed()}…` : text
}
