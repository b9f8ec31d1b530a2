import { expect, it } from 'vitest'
import { matchesPath } from './matches-path.ts'

it.each([
  ['/v1/customers', '*', true],
  ['/v1/customers', '/v1/customers', true],
  ['/v1/customers', '/v1/customers*', true],
  ['/v1/customers/cus_1', '/v1/*', true],
  ['/v1/customers/cus_1', '/v1/*/cus_1', true],
  ['/v1/customers/cus_1', '/v1/customers', false],
  ['/v1/customers/cus_1', '/v1/customers/{customer}', true],
  ['/v1/customers/', '/v1/customers/{customer}', false],
  ['/v1/customers/cus_1/sources', '/v1/customers/{customer}', false],
  ['/v1/invoices/in_1/pay', '/v1/{resource}/{id}/pay', true],
  ['/v1/invoices/in_1/pays', '/v1/{resource}/{id}/pay', false],
  ['/v1/invoices/in_1/pay', '/v1/{}/{}/pay', true],
  ['/v1/customersX', '/v1.customers.', false],
])('%s by %s: %s', (path, pattern, isMatch) => {
  expect(matchesPath(path, pattern)).toBe(isMatch)
})

it('comes to an end whatever the pattern', () => {
  const path = `/${'a'.repeat(200)}`
  expect(matchesPath(path, `/${'*a'.repeat(40)}b`)).toBe(false)
  expect(matchesPath(path, `/${'{x}'.repeat(40)}/`)).toBe(false)
})
