import { createHash } from 'node:crypto'
import { accentOf } from './accent.ts'

export interface AppearanceSettings {
  readonly accentColor: string
  readonly animationsDisabled: boolean
  readonly background: string | null
}

export interface StyleSheet {
  readonly css: string
  readonly hash: string
}

/** The style sheet with the overrides, or `null` if there are none. */
export function styleSheetOf(settings: AppearanceSettings): StyleSheet | null {
  const declarations = declarationsOf(settings)
  if (declarations.length === 0) return null
  const css = `:root{${declarations.join(';')}}\n`
  return { css, hash: createHash('sha256').update(css).digest('base64url').slice(0, 16) }
}

function declarationsOf({ accentColor, animationsDisabled: still, background }: AppearanceSettings): readonly string[] {
  const accent = accentOf(accentColor)
  return [
    ...(accent === null
      ? []
      : [`--accent-hue:${accent.hue}`, `--accent-light:${accent.light}`, `--accent-dark:${accent.dark}`]),
    ...(still ? ['--t:0s'] : []),
    ...(background === null ? [] : [`--background:url("${encodeURI(background)}")`]),
  ]
}
