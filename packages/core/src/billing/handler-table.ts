import type { EventType } from '../events/event.ts'
import type { AnyEventHandler, NamedHandlers } from '../events/handlers.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { misconfigured } from './check-secrets.ts'
import type { BillingOptions } from './options.ts'
import type { RegisteredHandler, Settings } from './settings.ts'

/** Puts the handlers of each type together once, so that dispatch is one look-up. */
export function createHandlerTable<Tx extends TransactionKind>(
  on: NonNullable<BillingOptions<Tx>['on']>,
  onEvent: AnyEventHandler<Tx> | undefined,
): Settings<Tx>['handlersOf'] {
  if (typeof on !== 'object' || on === null) {
    throw misconfigured('on is no map of handlers, and no list of defineHandlers(…).')
  }
  if (onEvent !== undefined && typeof onEvent !== 'function') {
    throw misconfigured('onEvent is not a function.')
  }
  const groups: readonly NamedHandlers<Tx>[] = isGroups(on)
    ? on
    : [{ name: 'on', handlers: on }]
  checkNames(groups)
  const forEvery = onEvent === undefined ? [] : [{ name: 'onEvent', handle: onEvent }]
  const byType = new Map<EventType, RegisteredHandler<Tx>[]>()
  for (const { name, handlers } of groups) {
    if (!isPlainObject(handlers)) {
      throw misconfigured(
        `the handlers of ${JSON.stringify(name)} are no plain object, so none of them would be found. Write { 'invoice.paid': (event) => { … } }.`,
      )
    }
    for (const [key, handle] of Object.entries(handlers)) {
      if (typeof handle !== 'function') {
        throw misconfigured(`the handler of ${JSON.stringify(key)} is not a function.`)
      }
      const type = key as EventType
      // The map's type ties each handler to its own event; the table's key does so from here on.
      const registered = { name, handle: handle as unknown as AnyEventHandler<Tx> }
      byType.set(type, [...(byType.get(type) ?? []), registered])
    }
  }
  for (const registered of byType.values()) registered.push(...forEvery)
  return (type) => byType.get(type) ?? forEvery
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

function checkNames(groups: readonly ({ readonly name?: unknown } | null)[]): void {
  const seen = new Set<unknown>(['onEvent'])
  for (const group of groups) {
    const name = group?.name
    if (typeof name !== 'string' || name === '' || seen.has(name)) {
      throw misconfigured(
        `each group of handlers needs a name of its own, other than "onEvent"; ${JSON.stringify(name)} is missing, taken or reserved. Write defineHandlers('grants', { … }).`,
      )
    }
    seen.add(name)
  }
}
