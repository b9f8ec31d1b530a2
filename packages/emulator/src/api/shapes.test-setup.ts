// Compares an answer with a schema of Stripe's OpenAPI description, field by field.
import type { OpenApiDescription, OpenApiSchema } from '@countersign/stripe-mock'

type Fields = Readonly<Record<string, unknown>>
type Schemas = OpenApiDescription['components']['schemas']

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  array: Array.isArray,
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isSafeInteger,
  number: (value) => typeof value === 'number',
  object: isFields,
  string: (value) => typeof value === 'string',
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Collects in what answers differ from a description, each difference once: `charge.source: unknown`. */
export class ShapeCheck {
  readonly differences: Set<string> = new Set()
  /** The kinds of objects that were compared. */
  readonly objects: Set<string> = new Set()
  readonly #schemas: Schemas
  readonly #byObject = new Map<string, string>()

  constructor(schemas: Schemas) {
    this.#schemas = schemas
    for (const [name, { properties }] of Object.entries(schemas)) {
      const [object] = properties?.object?.enum ?? []
      if (typeof object !== 'string' || name.startsWith('deleted_')) continue
      // A line item of Checkout is an `item`, as are others: the name decides.
      if (!this.#byObject.has(object) || name === object.replaceAll('.', '_'))
        this.#byObject.set(object, name)
    }
  }

  /** Compares the object of an event, which says itself what it is. */
  compareObject(object: Fields): void {
    const name = this.#byObject.get(String(object.object))
    if (name === undefined) this.differences.add(`${object.object}: no schema`)
    else this.compare(object, { $ref: `#/components/schemas/${name}` }, name)
  }

  compare(value: unknown, given: OpenApiSchema, path: string): void {
    const { schema, isNullable, name } = this.#resolve(given)
    const at = name !== undefined && schema.properties?.object ? name : path
    if (value === null) {
      if (!isNullable) this.differences.add(`${path}: null`)
    } else if (schema.anyOf !== undefined) {
      const option = this.#optionOf(value, schema.anyOf)
      if (option === undefined) this.differences.add(`${path}: ${typeof value}`)
      else this.compare(value, option, path)
    } else this.#compareValue(value, schema, at)
  }

  #compareValue(value: unknown, schema: OpenApiSchema, path: string): void {
    if (TYPES[schema.type ?? '']?.(value) === false) {
      this.differences.add(`${path}: ${typeof value}`)
    } else if (schema.enum !== undefined && !schema.enum.includes(value)) {
      this.differences.add(`${path}: ${String(value)}`)
    } else if (Array.isArray(value)) {
      for (const item of value) this.compare(item, schema.items ?? {}, `${path}[]`)
    } else if (isFields(value)) this.#compareFields(value, schema, path)
  }

  #compareFields(value: Fields, schema: OpenApiSchema, path: string): void {
    const { properties, required = [], additionalProperties } = schema
    if (properties === undefined) return
    if (typeof value.object === 'string') this.objects.add(value.object)
    for (const name of required)
      if (value[name] === undefined) this.differences.add(`${path}.${name}: missing`)
    for (const [name, field] of Object.entries(value)) {
      const known = properties[name]
      if (known !== undefined) this.compare(field, known, `${path}.${name}`)
      else if (!additionalProperties) this.differences.add(`${path}.${name}: unknown`)
    }
  }

  /** The first that fits: an id, or the object in its place. */
  #optionOf(
    value: unknown,
    options: readonly OpenApiSchema[],
  ): OpenApiSchema | undefined {
    return options.find((option) => {
      const { schema } = this.#resolve(option)
      if (schema.anyOf !== undefined)
        return this.#optionOf(value, schema.anyOf) !== undefined
      if (!isFields(value)) {
        const isKnown = schema.enum === undefined || schema.enum.includes(value)
        return isKnown && TYPES[schema.type ?? '']?.(value) === true
      }
      const { properties } = schema
      if (properties === undefined) return schema.type === 'object'
      const isDeleted = properties.deleted !== undefined
      const isOther = properties.object?.enum?.includes(value.object) === false
      return !isOther && isDeleted === (value.deleted !== undefined)
    })
  }

  #resolve(given: OpenApiSchema): {
    readonly schema: OpenApiSchema
    readonly isNullable: boolean
    readonly name: string | undefined
  } {
    const name = given.$ref?.split('/').at(-1)
    const schema = name === undefined ? given : (this.#schemas[name] ?? {})
    const isNullable = given.nullable === true || schema.nullable === true
    return { schema, isNullable, name }
  }
}
