import type { OpenApiSchema } from '@countersign/stripe-mock'
import type { DescribedOperation, Description } from './description.ts'

/** What the description leaves out of the expandable fields: maps. By the schema. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  customer: ['invoice_credit_balance'],
}

/** What could be expanded before basil, and is no field any more: the schema of what it named. By the schema. */
const OLD: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  charge: { invoice: 'invoice' },
  invoice: {
    charge: 'charge',
    payment_intent: 'payment_intent',
    quote: 'quote',
    subscription: 'subscription',
  },
  invoiceitem: { subscription: 'subscription' },
  line_item: { invoice_item: 'invoiceitem', subscription: 'subscription' },
  payment_intent: { invoice: 'invoice' },
}

/** Whether Stripe can expand a path in what an operation answers. `true` also where nobody knows. @param isOld Whether in a version before basil. */
export function isExpandable(
  path: string,
  { answer, operation }: DescribedOperation,
  { schemas }: Description,
  isOld = false,
): boolean {
  if (answer === undefined) return true
  if (path === 'total_count') return operation.endsWith('/search')
  let reached = resolve([answer], schemas)
  for (const name of path.split('.')) {
    if (reached.some((schema) => isLeftOut(schema, name, schemas))) return true
    const next = reached.flatMap((schema) => {
      const property = schema['x-expandableFields']?.includes(name)
        ? schema.properties?.[name]
        : isOld
          ? oldProperty(schema, name, schemas)
          : undefined
      return property === undefined ? [] : [property]
    })
    if (next.length === 0) return false
    reached = resolve(next, schemas)
  }
  return true
}

function oldProperty(
  schema: OpenApiSchema,
  name: string,
  schemas: Description['schemas'],
): OpenApiSchema | undefined {
  const object = Object.keys(OLD).find((one) => schemas[one] === schema)
  const named = object === undefined ? undefined : OLD[object]?.[name]
  return named === undefined ? undefined : schemas[named]
}

function isLeftOut(
  schema: OpenApiSchema,
  name: string,
  schemas: Description['schemas'],
): boolean {
  return Object.entries(MORE).some(
    ([object, names]) => schemas[object] === schema && names.includes(name),
  )
}

/** Everything that may stand there: each object for an id, each kind of object, each item of a list. */
function resolve(
  found: readonly OpenApiSchema[],
  schemas: Description['schemas'],
): OpenApiSchema[] {
  const resolved = new Set<OpenApiSchema>()
  const pending = [...found]
  for (let schema = pending.pop(); schema !== undefined; schema = pending.pop()) {
    if (resolved.has(schema)) continue
    resolved.add(schema)
    const referred =
      schema.$ref && schemas[schema.$ref.slice('#/components/schemas/'.length)]
    if (referred) pending.push(referred)
    if (schema.items !== undefined) pending.push(schema.items)
    pending.push(...(schema.anyOf ?? []))
    pending.push(...(schema['x-expansionResources']?.oneOf ?? []))
  }
  return [...resolved]
}
