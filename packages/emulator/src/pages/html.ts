/** Text that is HTML already. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Insertable = Html | readonly Html[] | string | number | false | undefined

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * Makes HTML of a template. Whatever is inserted is escaped, for elements and for quoted
 * attributes alike, unless it was made by this function; `false` and `undefined` insert nothing.
 */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly Insertable[]
): Html {
  const inserted = values.map(
    (value, index) => inserting(value) + (parts[index + 1] ?? ''),
  )
  return new Html((parts[0] ?? '') + inserted.join(''))
}

function inserting(value: Insertable): string {
  if (value === false || value === undefined) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(({ text }) => text).join('')
  return String(value).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
