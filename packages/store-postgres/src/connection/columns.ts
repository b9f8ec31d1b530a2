/** PostgreSQL's text holds neither U+0000 nor half a surrogate pair, in whose places it gets U+FFFD. */
export function toStorable(text: string): string {
  return Buffer.from(text).toString().replaceAll('\0', '\uFFFD')
}

/** For `json_to_recordset`. Its texts are {@link toStorable}. */
export function toJsonParameter(value: object): string {
  const json = JSON.stringify(value)
  if (!/\\u(?:0000|d[89a-f])/.test(json)) return json
  return JSON.stringify(value, (_, part) =>
    typeof part === 'string' ? toStorable(part) : part,
  )
}

export function toNumber(column: string | null | undefined): number {
  return Number(column)
}

export function toNumberOrNone(column: string | null | undefined): number | undefined {
  return column === null || column === undefined ? undefined : Number(column)
}

export function toText(column: string | null | undefined): string {
  return column ?? ''
}

/** From base64, which is shorter than PostgreSQL's own `\x…`, and quicker to read. */
export function toBytes(column: string | null | undefined): Uint8Array {
  return Buffer.from(column ?? '', 'base64')
}
