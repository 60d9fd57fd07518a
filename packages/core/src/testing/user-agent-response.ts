import type { HttpResponse } from './http-exchange.ts'

/** A form of a page, ready for `UserAgent.submit`. */
export interface PageForm {
  /** Absolute. */
  readonly action: string
  readonly method: 'get' | 'post'
  /** The named inputs (checkboxes and radio buttons only if checked) with their values; no buttons. */
  readonly fields: Readonly<Record<string, string>>
  /** The named buttons with their values, as `[name, value]`: add one to the fields to press it. */
  readonly buttons: readonly (readonly [name: string, value: string])[]
}

/** The origin of a request, needed to follow a redirect as a browser does. */
export interface RequestTrace {
  readonly method: string
  readonly body: Uint8Array | undefined
  readonly headers: Readonly<Record<string, string>>
  /** The URL of the page that caused it; `null` if the user typed the URL. */
  readonly from: string | null
  readonly mode: 'navigate' | 'cors'
  /** All URLs of this request and its redirects, in order. */
  readonly urls: readonly string[]
}

/**
 * A complete response. The HTML readers use simple text rules and no document tree: they skip comments, find tags and
 * attributes by their text, and expect quoted attribute values.
 *
 * @example
 * ```ts
 * const ceremony = page.scriptJson('ceremony')
 * ```
 */
export class UserAgentResponse {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly trace: RequestTrace

  constructor(answer: HttpResponse, trace: RequestTrace) {
    this.status = answer.status
    this.headers = answer.headers
    this.text = answer.body.toString('utf8')
    this.trace = trace
  }

  /** The URL that responded. */
  get url(): string {
    return this.trace.urls.at(-1) ?? ''
  }

  /** The absolute URL of a redirect; `null` if this is not a redirect. */
  get location(): string | null {
    const location = this.headers.get('location')
    if (location === null || ![301, 302, 303, 307, 308].includes(this.status)) return null
    return new URL(location, this.url).href
  }

  /** The body as JSON. Throws if it is not JSON. */
  json(): unknown {
    return this.#parse(this.text, 'The body')
  }

  /**
   * The value of the first attribute `data-<name>` of the page, with its character references resolved. Throws if there is
   * none.
   */
  data(name: string): string {
    const value = readAttribute(this.#markup(), `data-${name}`)
    if (value === undefined) throw this.#error(`There is no attribute data-${name}`)
    return value
  }

  /** `data(name)` as JSON. */
  dataJson(name: string): unknown {
    return this.#parse(this.data(name), `The attribute data-${name}`)
  }

  /**
   * The JSON in `<script type="application/json">` with the given `id`, or in the first one. Throws if there is none.
   */
  scriptJson(id?: string): unknown {
    for (const [, attributes = '', content = ''] of this.#markup().matchAll(/<script\b([^>]*)>(.*?)<\/script>/gis)) {
      if (readAttribute(attributes, 'type')?.toLowerCase() !== 'application/json') continue
      if (id === undefined || readAttribute(attributes, 'id') === id) return this.#parse(content, 'The script')
    }
    throw this.#error(`There is no script of type application/json${id === undefined ? '' : ` with the id "${id}"`}`)
  }

  /** The forms of the page, in order. */
  forms(): readonly PageForm[] {
    return [...this.#markup().matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)].map(([, attributes = '', content = '']) => ({
      action: new URL(readAttribute(attributes, 'action') || this.url, this.url).href,
      method: readAttribute(attributes, 'method')?.toLowerCase() === 'post' ? 'post' : 'get',
      fields: Object.fromEntries(fieldsOf(content)),
      buttons: buttonsOf(content),
    }))
  }

  /** The only form, or the first one whose action ends with `action`, ignoring the query. Throws if there is none. */
  form(action?: string): PageForm {
    const forms = this.forms()
    const found = action === undefined ? forms : forms.filter((form) => withoutQuery(form.action).endsWith(action))
    const [form] = found
    if (form === undefined || (action === undefined && forms.length > 1)) {
      throw this.#error(
        `${forms.length} forms, of which ${found.length} fit: ${forms.map((each) => each.action).join(', ')}`,
      )
    }
    return form
  }

  #markup(): string {
    return this.text.replaceAll(/<!--.*?-->/gs, '')
  }

  #parse(json: string, description: string): unknown {
    try {
      return JSON.parse(json)
    } catch (cause) {
      throw this.#error(`${description} is not JSON`, cause)
    }
  }

  #error(problem: string, cause?: unknown): Error {
    const start = this.text.slice(0, 300)
    return new Error(`${this.trace.method} ${this.url} (${this.status}): ${problem}. It begins: ${start}`, { cause })
  }
}

function readAttribute(markup: string, name: string): string | undefined {
  const match = new RegExp(`[\\s"']${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(markup)
  const value = match?.[1] ?? match?.[2]
  return value === undefined ? undefined : decodeReferences(value)
}

function findTags(markup: string, name: string): string[] {
  return [...markup.matchAll(new RegExp(`<${name}\\b((?:"[^"]*"|'[^']*'|[^>"'])*)>`, 'gi'))].map(
    ([, found = '']) => found,
  )
}

function fieldsOf(form: string): [string, string][] {
  return [...inputsOf(form), ...textAreasOf(form)]
}

function textAreasOf(form: string): [string, string][] {
  return [...form.matchAll(/<textarea\b([^>]*)>\n?(.*?)<\/textarea>/gis)].flatMap(
    ([, attributes = '', content = '']): [string, string][] => {
      const name = readAttribute(attributes, 'name')
      return name === undefined || isDisabled(attributes) ? [] : [[name, decodeReferences(content)]]
    },
  )
}

function isDisabled(attributes: string): boolean {
  return /\sdisabled(?=[\s=]|$)/i.test(attributes.replaceAll(/"[^"]*"/g, '""'))
}

function inputsOf(form: string): [string, string][] {
  return findTags(form, 'input').flatMap((input): [string, string][] => {
    if (isDisabled(input)) return []
    const name = readAttribute(input, 'name')
    const type = readAttribute(input, 'type')?.toLowerCase() ?? 'text'
    if (name === undefined || ['submit', 'button', 'image', 'reset'].includes(type)) return []
    const choice = type === 'checkbox' || type === 'radio'
    if (choice && !/\schecked\b/i.test(input)) return []
    return [[name, readAttribute(input, 'value') ?? (choice ? 'on' : '')]]
  })
}

function buttonsOf(form: string): [string, string][] {
  const submitInputs = findTags(form, 'input').filter(
    (input) => readAttribute(input, 'type')?.toLowerCase() === 'submit',
  )
  return [...findTags(form, 'button'), ...submitInputs].flatMap((button): [string, string][] => {
    const name = readAttribute(button, 'name')
    return name === undefined ? [] : [[name, readAttribute(button, 'value') ?? '']]
  })
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '')
}

const namedReferences: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decodeReferences(text: string): string {
  return text.replaceAll(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (tag, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    return namedReferences[name ?? ''] ?? tag
  })
}
