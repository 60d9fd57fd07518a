import { createHash } from 'node:crypto'
import { accentOf } from './accent.ts'
import { readStyleVariables } from './style-variables.ts'

/** What an instance looks like beside our own style sheet. */
export interface Look {
  /** As the setting has it. */
  readonly accentColor: string
  /** Whether pages stand still. */
  readonly still: boolean
  /** As the setting has them. */
  readonly variables: string
  /** The address of the picture on the sign-in side. */
  readonly background: string | null
}

/** A style sheet, and the hash of its content. */
export interface StyleSheet {
  readonly css: string
  readonly hash: string
}

/** The style sheet that makes the difference, or `null` where there is none. */
export function styleSheetOf(look: Look): StyleSheet | null {
  const declarations = declarationsOf(look)
  if (declarations.length === 0) return null
  const css = `:root{${declarations.join(';')}}\n`
  return { css, hash: createHash('sha256').update(css).digest('base64url').slice(0, 16) }
}

function declarationsOf({ accentColor, still, variables, background }: Look): readonly string[] {
  const accent = accentOf(accentColor)
  return [
    ...(accent === null
      ? []
      : [`--accent-hue:${accent.hue}`, `--accent-light:${accent.light}`, `--accent-dark:${accent.dark}`]),
    ...(still ? ['--t:0s'] : []),
    ...readStyleVariables(variables).variables.map(({ name, value }) => `${name}:${value}`),
    ...(background === null ? [] : [`--background:url("${encodeURI(background)}")`]),
  ]
}
