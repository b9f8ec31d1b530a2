import type { OpenApiSchema } from '@countersign/stripe-mock'

/** What may be sent as a parameter. */
export type ParameterType =
  | { readonly kind: 'string'; readonly maxLength: number | undefined }
  | EnumType
  | { readonly kind: 'integer' | 'number' | 'boolean' }
  | HashType
  | { readonly kind: 'list'; readonly items: ParameterType }
  | AnyType

export interface EnumType {
  readonly kind: 'enum'
  readonly values: readonly string[]
  /** Values that the `stripe` package sends and stripe-mock does not know yet. */
  readonly newValues: readonly string[]
}

export interface HashType {
  readonly kind: 'hash'
  readonly properties: Map<string, Property>
  /** The type of the values when any name may be used, as in `metadata`. */
  readonly rest: ParameterType | undefined
  /** Not all of it is known: an unknown name is no error. */
  readonly isOpen: boolean
}

export interface AnyType {
  readonly kind: 'any'
  readonly options: readonly ParameterType[]
  /** An option that the `stripe` package sends and stripe-mock does not know yet. */
  readonly newOption: ParameterType | undefined
  /** Whether an empty value unsets it. */
  readonly isEmptyable: boolean
}

/** A parameter inside of a hash, or of a request. */
export interface Property {
  readonly type: ParameterType
  readonly isRequired: boolean
  /** The `stripe` package sends it, and stripe-mock does not know it yet. */
  readonly isNew: boolean
  /** What stripe-mock is told when this is left out: it still asks for it. */
  readonly standIn?: string
}

export const STRING: ParameterType = { kind: 'string', maxLength: undefined }

export function hashOf(
  properties: Iterable<readonly [string, Property]>,
  { rest, isOpen = false }: { rest?: ParameterType; isOpen?: boolean } = {},
): HashType {
  return { kind: 'hash', properties: new Map(properties), rest, isOpen }
}

export function enumOf(
  values: readonly string[],
  newValues: readonly string[] = [],
): EnumType {
  return { kind: 'enum', values, newValues }
}

/** Any one of some types; an empty text among them unsets the parameter. */
export function anyOf(
  types: readonly ParameterType[],
  newOption?: ParameterType,
): ParameterType {
  const isEmpty = (type: ParameterType) =>
    type.kind === 'enum' && type.values.length === 1 && type.values[0] === ''
  const options = types.filter((type) => !isEmpty(type))
  const isEmptyable = options.length < types.length
  const [only] = options
  if (!isEmptyable && newOption === undefined && options.length === 1 && only) return only
  return { kind: 'any', options, newOption, isEmptyable }
}

/** The type that a schema of OpenAPI describes. */
export function typeOf(schema: OpenApiSchema): ParameterType {
  if (schema.anyOf !== undefined) return anyOf(schema.anyOf.map(typeOf))
  if (schema.enum !== undefined) return enumOf(schema.enum.map(String))
  switch (schema.type) {
    case 'integer':
    case 'number':
    case 'boolean':
      return { kind: schema.type }
    case 'array':
      return {
        kind: 'list',
        items: schema.items === undefined ? STRING : typeOf(schema.items),
      }
    case 'object':
      return hashTypeOf(schema)
    default:
      return { kind: 'string', maxLength: schema.maxLength }
  }
}

function hashTypeOf({ properties = {}, required, additionalProperties }: OpenApiSchema) {
  const rest =
    typeof additionalProperties === 'object' ? typeOf(additionalProperties) : undefined
  return hashOf(
    Object.entries(properties).map(([name, schema]) => [
      name,
      {
        type: typeOf(schema),
        isRequired: required?.includes(name) ?? false,
        isNew: false,
      },
    ]),
    rest === undefined ? {} : { rest },
  )
}
