const start = '\uFDD0'
const end = '\uFDD1'
const marks = new RegExp(`[${start}${end}]`, 'g')

/**
 * Elements whose content is text only, then other tags, then marked text. Templates escape `<` and `>` in values, so that a tag
 * ends at its first `>`.
 */
const tokens = new RegExp(
  `<((?:title|option|textarea)\\b[^>]*)>([^<]*)|<[^>]*>|${start}([^<${start}${end}]*)${end}|[${start}${end}]`,
  'g',
)

/**
 * Marks text as English, within a page in another language, with two Unicode noncharacters. They survive the template, which does
 * not know whether it writes an element or an attribute; `showLanguageMarks` then replaces them.
 */
export function markEnglish(text: string): string {
  return `${start}${removeLanguageMarks(text)}${end}`
}

export function removeLanguageMarks(text: string): string {
  return text.replace(marks, '')
}

/** Sets `lang="en"` on marked text in elements. Attributes and titles cannot contain elements, so they lose the marks. */
export function showLanguageMarks(html: string): string {
  if (!html.includes(start)) return html
  return html.replace(tokens, (token, tag?: string, content = '', text?: string) => {
    if (text !== undefined) return `<span lang="en" dir="ltr">${text}</span>`
    if (tag === undefined) return removeLanguageMarks(token)
    const isEnglish = content.startsWith(start) && content.indexOf(end) === content.length - 1
    return removeLanguageMarks(`<${tag}${isEnglish ? ' lang="en"' : ''}>${content}`)
  })
}
