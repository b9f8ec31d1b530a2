/** The part of Stripe's OpenAPI description that says what requests and answers look like. Source: https://github.com/stripe/openapi */
export interface OpenApiDescription {
  readonly info: {
    /** Of the API: `2026-08-26.dahlia`. */
    readonly version: string
  }
  /** By the path (`/v1/customers/{customer}`), then by the method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, OpenApiSchema>> }
}

/** What one method does at one path. */
export interface OpenApiOperation {
  readonly parameters?: readonly OpenApiParameter[]
  /** By the media type. */
  readonly requestBody?: { readonly content: OpenApiContent }
  /** By the status. */
  readonly responses: Readonly<Record<string, { readonly content?: OpenApiContent }>>
}

/** A parameter in the path or in the query. */
export interface OpenApiParameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: OpenApiSchema
}

/** A schema for each media type. */
export type OpenApiContent = Readonly<
  Record<string, { readonly schema: OpenApiSchema } | undefined>
>

/** What a value looks like. */
export interface OpenApiSchema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly maxLength?: number
  readonly nullable?: boolean
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, OpenApiSchema>>
  readonly additionalProperties?: OpenApiSchema | boolean
  readonly items?: OpenApiSchema
  readonly anyOf?: readonly OpenApiSchema[]
  /** The properties that `expand` may go through. */
  readonly 'x-expandableFields'?: readonly string[]
  /** What takes the place of an id that is expanded. */
  readonly 'x-expansionResources'?: { readonly oneOf: readonly OpenApiSchema[] }
}
