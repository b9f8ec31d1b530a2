import type { Metadata } from './mirrored.ts'

/** A JSON object of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>

export function fieldsOf(value: unknown): Fields | undefined {
  const isFields = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isFields ? (value as Fields) : undefined
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** A time, an amount or a count: Stripe has no other numbers here. */
export function wholeOf(value: unknown): number | null {
  return Number.isSafeInteger(value) ? (value as number) : null
}

/** Of a reference, expanded or not. */
export function idOf(reference: unknown): string | null {
  return textOf(fieldsOf(reference)?.id ?? reference)
}

/** The elements of a list that are objects with an id. */
export function listOf(list: unknown): readonly (readonly [id: string, Fields])[] {
  const data = fieldsOf(list)?.data
  if (!Array.isArray(data)) return []
  return data.flatMap((element) => {
    const fields = fieldsOf(element)
    const id = textOf(fields?.id)
    return fields === undefined || id === null ? [] : [[id, fields] as const]
  })
}

/** `null` is how an event says that a key was not there. */
export function metadataOf(value: unknown): Metadata {
  const entries = Object.entries(fieldsOf(value) ?? {})
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries)
}
