import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import { packageRoot } from '../package-root.ts'

export type SchemaName = 'access' | 'effects' | 'manifest' | 'pay' | 'report' | 'state'

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true })
const compiled = new Map<SchemaName, ValidateFunction>()

/** Says what is wrong with a message of the protocol, or `undefined` when nothing is. */
export function problemWith(name: SchemaName, value: unknown): string | undefined {
  const validate = compiled.get(name) ?? compile(name)
  return validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: name })
}

function compile(name: SchemaName): ValidateFunction {
  const source = readFileSync(new URL(`schemas/${name}.json`, packageRoot), 'utf8')
  const validate = ajv.compile(JSON.parse(source))
  compiled.set(name, validate)
  return validate
}
