import type {
  OpenApiDescription,
  OpenApiOperation,
  OpenApiSchema,
} from '@countersign/stripe-mock'
import { createRouter } from '../api/route.ts'
import { endive } from './endive.ts'
import { extend } from './extend.ts'
import { type HashType, hashOf, typeOf } from './parameter-type.ts'

/** One operation, as far as a request to it can be checked. */
export interface DescribedOperation {
  /** `POST /v1/customers/{customer}` */
  readonly operation: string
  readonly parameters: HashType
  /** That of the body; `undefined` when there is none. */
  readonly mediaType: string | undefined
  /** What it answers; `undefined` when that is not known. */
  readonly answer: OpenApiSchema | undefined
  /** stripe-mock does not know it. */
  readonly isNew: boolean
}

/** What Stripe's API takes: its OpenAPI description, and what the `stripe` package sends beyond it. */
export interface Description {
  /** `2026-08-26.dahlia`; `undefined` when there is no description, and only what is newer than stripe-mock is known. */
  readonly version: string | undefined
  readonly operations: ReadonlyMap<string, DescribedOperation>
  readonly match: (method: string, path: string) => DescribedOperation | undefined
  /** By the name of the schema. */
  readonly schemas: Readonly<Record<string, OpenApiSchema>>
}

export function describe(openApi: OpenApiDescription): Description {
  const operations = new Map<string, DescribedOperation>()
  for (const [path, methods] of Object.entries(openApi.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const described = describeOperation(method.toUpperCase(), path, operation)
      operations.set(described.operation, described)
    }
  }
  const { version } = openApi.info
  return create(version, operations, slim(openApi.components.schemas))
}

/** Without a description at hand: stripe-mock judges alone, and only what is too new for it is known. */
export function describeNothing(): Description {
  return create(undefined, new Map(), {})
}

function create(
  version: string | undefined,
  operations: Map<string, DescribedOperation>,
  schemas: Description['schemas'],
): Description {
  for (const entry of endive) extend(operations, entry, version !== undefined)
  const match = createRouter([...operations.values()])
  return {
    version,
    operations,
    schemas,
    match: (method, path) => match(method, path)?.route,
  }
}

function describeOperation(
  method: string,
  path: string,
  { parameters = [], requestBody, responses }: OpenApiOperation,
): DescribedOperation {
  const [[mediaType, body] = []] = Object.entries(requestBody?.content ?? {})
  const { schema: answer } = responses['200']?.content?.['application/json'] ?? {}
  const fields = parameters
    .filter((parameter) => parameter.in === 'query')
    .map(
      ({ name, required = false, schema }) =>
        [name, { type: typeOf(schema), isRequired: required, isNew: false }] as const,
    )
  const form = body === undefined ? undefined : typeOf({ type: 'object', ...body.schema })
  return {
    operation: `${method} ${path}`,
    parameters: method !== 'GET' && form?.kind === 'hash' ? form : hashOf(fields),
    mediaType: method === 'POST' ? mediaType : undefined,
    answer: answer === undefined ? undefined : slimSchema(answer),
    isNew: false,
  }
}

/** Without what `expand` does not ask for: the description is large. */
function slim(schemas: OpenApiDescription['components']['schemas']) {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, slimSchema(schema)]),
  )
}

/** No objects, and answered only on `expand` all the same: the description does not list them. */
const PLAIN_EXPANDABLE = ['invoice_credit_balance', 'total_count']

function expandableFields(schema: OpenApiSchema): readonly string[] | undefined {
  const listed = schema['x-expandableFields']
  const plain = PLAIN_EXPANDABLE.filter((name) => schema.properties?.[name] !== undefined)
  return plain.length === 0 ? listed : [...(listed ?? []), ...plain]
}

function slimSchema(schema: OpenApiSchema): OpenApiSchema {
  const { $ref, anyOf, items, properties } = schema
  const expandable = expandableFields(schema)
  const resources = schema['x-expansionResources']
  return {
    ...($ref !== undefined && { $ref }),
    ...(anyOf !== undefined && { anyOf: anyOf.map(slimSchema) }),
    ...(items !== undefined && { items: slimSchema(items) }),
    ...(expandable !== undefined && { 'x-expandableFields': expandable }),
    ...(resources !== undefined && {
      'x-expansionResources': { oneOf: resources.oneOf.map(slimSchema) },
    }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties)
          .filter(([name]) => expandable === undefined || expandable.includes(name))
          .map(([name, property]) => [name, slimSchema(property)]),
      ),
    }),
  }
}
