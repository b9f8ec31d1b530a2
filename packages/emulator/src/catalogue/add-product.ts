import { flag, mergeMetadata, nameIn, nested, type Params, text } from '../api/params.ts'
import { invalidParameter, invalidRequest } from '../api/stripe-error.ts'
import type { Account } from '../state/account.ts'
import { type Context, emit } from '../state/context.ts'
import type { Product } from './catalogue-objects.ts'

/** What the parameters say of a product. */
export type ProductFields = Omit<Product, 'object' | 'created' | 'livemode' | 'updated'>

/**
 * Reads the parameters of a new product, or of `product_data`, without changing anything.
 *
 * @param path Of the hash that holds them, `''` when nothing does.
 * @throws StripeError 400: a parameter is wrong, or the id is taken
 */
export function readProductFields(
  account: Account,
  params: Params,
  path: string,
): ProductFields {
  const id = text(params, 'id')
  if (id && account.products.find(id) !== undefined) {
    throw invalidRequest('Product already exists.', {
      code: 'resource_already_exists',
      param: nameIn(path, 'id'),
    })
  }
  const name = text(params, 'name')
  if (!name) {
    throw invalidParameter(`Missing required param: ${nameIn(path, 'name')}.`, {
      code: 'parameter_missing',
      param: nameIn(path, 'name'),
    })
  }
  const type = text(params, 'type')
  return {
    id: id ?? '',
    active: true,
    default_price: null,
    description: null,
    images: [],
    marketing_features: [],
    metadata: {},
    name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: type === 'good' ? 'good' : 'service',
    unit_label: null,
    url: null,
    ...changedProductFields({}, params, path),
  }
}

/**
 * What the parameters change of a product.
 *
 * @throws StripeError 400: a parameter is wrong
 */
export function changedProductFields(
  current: Readonly<Record<string, string>>,
  params: Params,
  path: string,
): Partial<Product> {
  const changed: Partial<Product> = { metadata: mergeMetadata(current, params, path) }
  const name = text(params, 'name')
  if (name === null) {
    throw invalidParameter(
      "You passed an empty string for 'name'. We assume empty values are an attempt to unset a parameter; however 'name' cannot be unset. You should remove 'name' from your request or supply a non-empty value.",
      { code: 'parameter_invalid_empty', param: nameIn(path, 'name') },
    )
  }
  if (name !== undefined) changed.name = name
  for (const field of ['description', 'tax_code', 'unit_label', 'url'] as const) {
    const value = text(params, field)
    if (value !== undefined) changed[field] = value
  }
  const active = flag(params, 'active')
  if (active !== undefined) changed.active = active
  const shippable = flag(params, 'shippable')
  if (shippable !== undefined) changed.shippable = shippable
  const descriptor = text(params, 'statement_descriptor')
  if (descriptor !== undefined) {
    changed.statement_descriptor = checkedDescriptor(
      descriptor,
      nameIn(path, 'statement_descriptor'),
    )
  }
  if (params.images !== undefined) changed.images = readImages(params, path)
  if (params.marketing_features !== undefined)
    changed.marketing_features = readFeatures(params)
  if (params.package_dimensions !== undefined)
    changed.package_dimensions = readDimensions(params)
  if (params.tax_details !== undefined) changed.tax_details = readTaxDetails(params)
  return changed
}

/** Adds a product of which everything is known to be right. */
export function addProduct(context: Context, fields: ProductFields): Product {
  const { account, timeline } = context
  const now = timeline.now()
  const product: Product = {
    ...fields,
    id: fields.id === '' ? account.newId('prod') : fields.id,
    object: 'product',
    created: now,
    livemode: false,
    updated: now,
  }
  account.products.add(product)
  emit(context, 'product.created', product)
  return product
}

/** Source: https://docs.stripe.com/api/products/object#product_object-statement_descriptor */
function checkedDescriptor(descriptor: string | null, param: string): string | null {
  if (descriptor === null) return null
  const isRight =
    descriptor.length <= 22 && /[a-z]/i.test(descriptor) && !/[<>\\"']/.test(descriptor)
  if (isRight) return descriptor
  throw invalidParameter(
    'The statement descriptor must have at most 22 characters, at least one letter, and none of < > \\ \' ".',
    { param },
  )
}

function readImages(params: Params, path: string): readonly string[] {
  const images = itemsOf(params, 'images').map(String)
  if (images.length <= 8) return images
  throw invalidParameter(
    `You can have up to 8 images, but you passed in ${images.length}.`,
    { param: nameIn(path, 'images') },
  )
}

function readFeatures(params: Params): readonly { readonly name: string }[] {
  return itemsOf(params, 'marketing_features').map((feature) => ({
    name: typeof feature === 'object' ? (text(feature, 'name') ?? '') : '',
  }))
}

function itemsOf(params: Params, name: string): readonly (string | Params)[] {
  return Object.values(nested(params, name) ?? {}) as readonly (string | Params)[]
}

function readDimensions(params: Params): Product['package_dimensions'] {
  const dimensions = nested(params, 'package_dimensions')
  if (dimensions === undefined) return null
  const read = (name: string): number => {
    const value = Number(text(dimensions, name) ?? Number.NaN)
    if (value > 0) return value
    throw invalidParameter(`Invalid number: ${name}`, {
      param: `package_dimensions[${name}]`,
    })
  }
  return {
    height: read('height'),
    length: read('length'),
    weight: read('weight'),
    width: read('width'),
  }
}

function readTaxDetails(params: Params): Product['tax_details'] {
  const details = nested(params, 'tax_details')
  if (details === undefined) return null
  return {
    performance_location: text(details, 'performance_location') ?? null,
    tax_code: text(details, 'tax_code') ?? null,
  }
}
