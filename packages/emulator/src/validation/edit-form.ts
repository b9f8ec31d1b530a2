import type { Edit } from './check-parameters.ts'

/** An encoded form with some of its parameters left out, changed or added. The others stay byte for byte. */
export function editForm(encoded: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return encoded
  const kept: string[] = []
  for (const pair of encoded === '' ? [] : encoded.split('&')) {
    const [key = '', value = ''] = splitPair(pair).map(decode)
    const edit = edits.find((one) => isAbout(one, key, value))
    if (edit === undefined) kept.push(pair)
    else if (edit.from !== undefined)
      kept.push(`${encodeURIComponent(key)}=${encodeURIComponent(edit.to ?? '')}`)
  }
  for (const { name, from, to } of edits) {
    if (from === undefined && to !== undefined)
      kept.push(`${encodeURIComponent(name)}=${encodeURIComponent(to)}`)
  }
  return kept.join('&')
}

function isAbout({ name, from }: Edit, key: string, value: string): boolean {
  if (from !== undefined) return key === name && value === from
  return key === name || key.startsWith(`${name}[`)
}

function splitPair(pair: string): readonly string[] {
  const at = pair.indexOf('=')
  return at < 0 ? [pair] : [pair.slice(0, at), pair.slice(at + 1)]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
