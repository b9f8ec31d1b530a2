import type { DeclaringHandler, NamedHandlers } from '../events/handlers.ts'
import { isThinType } from '../events/parse-event.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { misconfigured } from './misconfigured.ts'
import type { BillingOptions } from './options.ts'
import type { Payload, RegisteredHandler, Settings } from './settings.ts'

/** Puts the handlers of each type together once, so that dispatch is one look-up. */
export function createHandlerTable<Tx extends TransactionKind>({
  on = [],
  onEvent,
  onNotification,
}: BillingOptions<Tx>): Settings<Tx>['handlersOf'] {
  if (typeof on !== 'object' || on === null) {
    throw misconfigured('on is no map of handlers, and no list of defineHandlers(…).')
  }
  const groups: readonly NamedHandlers<Tx>[] = isGroups(on)
    ? on
    : [{ name: 'on', handlers: on }]
  checkNames(groups)
  const everyEvent = forEvery<Tx>('onEvent', onEvent)
  const everyNotification = forEvery<Tx>('onNotification', onNotification)
  const byType = new Map<string, RegisteredHandler<Tx>[]>()
  for (const { name, handlers } of groups) {
    if (!isPlainObject(handlers)) {
      throw misconfigured(
        `the handlers of ${JSON.stringify(name)} are no plain object, so none of them would be found. Write { 'invoice.paid': (event) => { … } }.`,
      )
    }
    for (const [type, handle] of Object.entries(handlers)) {
      const registered = toRegistered<Tx>(name, handle, `the handler of "${type}"`)
      byType.set(type, [...(byType.get(type) ?? []), registered])
    }
  }
  const every = (type: string) => (isThinType(type) ? everyNotification : everyEvent)
  for (const [type, registered] of byType) registered.push(...every(type))
  return (type) => byType.get(type) ?? every(type)
}

function forEvery<Tx extends TransactionKind>(
  name: string,
  handle: unknown,
): readonly RegisteredHandler<Tx>[] {
  return handle === undefined ? [] : [toRegistered(name, handle, name)]
}

function toRegistered<Tx extends TransactionKind>(
  name: string,
  handle: unknown,
  what: string,
): RegisteredHandler<Tx> {
  // The map's type ties each handler to what it is given; the table's key does so from here on.
  if (typeof handle === 'function') {
    return { name, handle: handle as (...args: unknown[]) => unknown }
  }
  if (isDeclaring(handle)) return { name, declare: handle.declare }
  throw misconfigured(`${what} is not a function, and no { declare: (event) => … }.`)
}

function isDeclaring(value: unknown): value is DeclaringHandler<Payload> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'declare' in value &&
    typeof value.declare === 'function'
  )
}

function isGroups<Tx extends TransactionKind>(
  on: NonNullable<BillingOptions<Tx>['on']>,
): on is readonly NamedHandlers<Tx>[] {
  return Array.isArray(on)
}

/** Of whichever realm: a class instance, a Map or a list keeps its members elsewhere. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

const RESERVED_NAMES = ['onEvent', 'onNotification']

function checkNames(groups: readonly ({ readonly name?: unknown } | null)[]): void {
  const seen = new Set<unknown>(RESERVED_NAMES)
  for (const group of groups) {
    const name = group?.name
    if (typeof name !== 'string' || name === '' || seen.has(name)) {
      throw misconfigured(
        `each group of handlers needs a name of its own, other than "onEvent" and "onNotification"; ${JSON.stringify(name)} is missing, taken or reserved. Write defineHandlers('grants', { … }).`,
      )
    }
    seen.add(name)
  }
}
