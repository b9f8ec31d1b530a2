import type { DescribedOperation } from './description.ts'
import type { EndiveEntry } from './endive.ts'
import {
  type AnyType,
  anyOf,
  enumOf,
  type HashType,
  hashOf,
  type ParameterType,
  type Property,
} from './parameter-type.ts'
import { parseType } from './type-notation.ts'

/**
 * Adds what is newer than the description.
 *
 * @param isWhole Whether there is a description at all; without one, a value or a type cannot
 *   be added to what is not known.
 */
export function extend(
  operations: Map<string, DescribedOperation>,
  entry: EndiveEntry,
  isWhole: boolean,
): void {
  const { operation, path, kind } = entry
  let described = operations.get(operation)
  if (described === undefined) {
    if (!isWhole && kind !== 'new') return
    described = {
      operation,
      parameters: hashOf([], { isOpen: !isWhole && !isUnknownToStripeMock(operation) }),
      mediaType: 'application/x-www-form-urlencoded',
      answer: undefined,
      isNew: isUnknownToStripeMock(operation),
    }
    operations.set(operation, described)
  }
  addTo(described.parameters, path.split('.'), entry, isWhole)
}

/** Operations that are themselves too new. */
function isUnknownToStripeMock(operation: string): boolean {
  return operation === 'POST /v1/subscriptions/{subscription}/pause'
}

function addTo(
  hash: HashType,
  [segment = '', ...rest]: readonly string[],
  entry: EndiveEntry,
  isWhole: boolean,
): void {
  const isList = segment.endsWith('[]')
  const name = isList ? segment.slice(0, -2) : segment
  const property = hash.properties.get(name)
  if (rest.length === 0 && !isList) {
    const added = add(property, entry)
    if (added !== undefined) hash.properties.set(name, added)
    return
  }
  if (property === undefined) {
    if (isWhole) return
    const open = hashOf([], { isOpen: true })
    const type: ParameterType = isList ? { kind: 'list', items: open } : open
    hash.properties.set(name, { type, isRequired: false, isNew: false })
    addTo(open, rest, entry, isWhole)
    return
  }
  if (rest.length === 0) {
    const { isRequired, isNew } = property
    hash.properties.set(name, {
      type: inLists(property.type, (items) => withValues(items, entry)),
      isRequired,
      isNew,
    })
    return
  }
  for (const inner of hashesIn(property.type, isList)) addTo(inner, rest, entry, isWhole)
}

function add(
  property: Property | undefined,
  { kind, type: notation }: EndiveEntry,
): Property | undefined {
  if (kind === 'new') {
    // stripe-mock knows it after all.
    if (property !== undefined) return undefined
    return { type: parseType(notation), isRequired: false, isNew: true }
  }
  if (property === undefined) return undefined
  switch (kind) {
    case 'values':
      return { ...property, type: withValues(property.type, { type: notation }) }
    case 'option':
      return { ...property, type: anyOf(optionsOf(property.type), parseType(notation)) }
    case 'optional':
      return property.isRequired
        ? { ...property, isRequired: false, standIn: notation }
        : undefined
  }
}

function optionsOf(type: ParameterType): readonly ParameterType[] {
  if (type.kind !== 'any') return [type]
  return type.isEmptyable ? [...type.options, enumOf([''])] : type.options
}

/** An enumeration, or those among some types, with more values. */
function withValues(type: ParameterType, { type: values }: { type: string }) {
  return mapOptions(type, (option) => {
    if (option.kind !== 'enum') return option
    const newValues = values.split('|').filter((value) => !option.values.includes(value))
    return enumOf(option.values, newValues)
  })
}

function inLists(
  type: ParameterType,
  change: (items: ParameterType) => ParameterType,
): ParameterType {
  return mapOptions(type, (option) =>
    option.kind === 'list' ? { kind: 'list', items: change(option.items) } : option,
  )
}

function mapOptions(
  type: ParameterType,
  change: (option: ParameterType) => ParameterType,
): ParameterType {
  if (type.kind !== 'any') return change(type)
  const changed: AnyType = { ...type, options: type.options.map(change) }
  return changed
}

/** The hashes that a parameter may be, or may be a list of. */
function hashesIn(type: ParameterType, isList: boolean): readonly HashType[] {
  if (type.kind === 'any')
    return type.options.flatMap((option) => hashesIn(option, isList))
  if (isList) return type.kind === 'list' ? hashesIn(type.items, false) : []
  return type.kind === 'hash' ? [type] : []
}
