import { integer, nested, type Params, text } from '../api/params.ts'
import { invalidParameter } from '../api/stripe-error.ts'
import type { Commands, Controlled } from '../control/command.ts'
import { EVENT_TYPES } from '../events/event-types.ts'
import { matchesGlob } from '../events/matches-glob.ts'
import {
  API_FAULTS,
  type ApiFaultKind,
  type ApiFaultRule,
  LOCK_STATUS,
} from './api-faults.ts'
import {
  DELIVERY_FAULTS,
  type DeliveryFaultKind,
  type DeliveryFaultRule,
} from './delivery-faults.ts'

/** What goes wrong on demand. */
export const faultCommands: Commands = {
  'GET /_emulator/faults': (_, controlled) => faultsOf(controlled),
  'POST /_emulator/faults': (params, { deliveries, faults }) => {
    const kind = text(params, 'kind')
    const delivery = DELIVERY_FAULTS.find((one) => one === kind)
    if (delivery !== undefined) {
      const { rules } = deliveries.faults
      return rules.add(deliveryRule(rules.newId(), delivery, params))
    }
    const api = API_FAULTS.find((one) => one === kind)
    if (api !== undefined) {
      return faults.rules.add(apiRule(faults.rules.newId(), api, params))
    }
    throw invalidParameter(
      `kind is one of ${[...DELIVERY_FAULTS, ...API_FAULTS].join(', ')}.`,
      { param: 'kind' },
    )
  },
  'POST /_emulator/faults/random': (params, controlled) => {
    const { deliveries, faults } = controlled
    const side = text(params, 'side')
    if (side && side !== 'api' && side !== 'deliveries') {
      throw invalidParameter('side is api or deliveries; without it, both.', {
        param: 'side',
      })
    }
    const rate = Number(text(params, 'rate') ?? Number.NaN)
    if (side !== 'deliveries') faults.rules.setRate(rate)
    if (side !== 'api') deliveries.faults.rules.setRate(rate)
    return faultsOf(controlled)
  },
  'POST /_emulator/faults/clear': (_, controlled) => {
    controlled.faults.rules.clear()
    controlled.deliveries.faults.rules.clear()
    return faultsOf(controlled)
  },
}

function faultsOf({ deliveries, faults }: Controlled): unknown {
  return {
    api: { rate: faults.rules.rate, faults: faults.rules.all() },
    deliveries: {
      rate: deliveries.faults.rules.rate,
      faults: deliveries.faults.rules.all(),
    },
  }
}

function deliveryRule(
  id: string,
  kind: DeliveryFaultKind,
  params: Params,
): DeliveryFaultRule {
  expectOnly(params, ['kind', 'count', 'type', 'object', 'copies', 'delay_ms'])
  const type = text(params, 'type') ?? '*'
  if (![...EVENT_TYPES].some((one) => matchesGlob(one, type))) {
    throw invalidParameter(`There is no type of event that is called ${type}.`, {
      param: 'type',
    })
  }
  const isCopied = kind === 'duplicate' || kind === 'concurrent'
  if (!isCopied && params.copies !== undefined) {
    throw invalidParameter('copies is for duplicate and concurrent.', { param: 'copies' })
  }
  const isDelayed = kind === 'delay' || kind === 'reorder'
  if (!isDelayed && params.delay_ms !== undefined) {
    throw invalidParameter('delay_ms is for delay and reorder.', { param: 'delay_ms' })
  }
  return {
    id,
    kind,
    type,
    object: text(params, 'object') ?? undefined,
    copies: isCopied ? between(params, 'copies', 2, 2, 20) : 1,
    delayMs: isDelayed ? between(params, 'delay_ms', 5_000, 1, 30 * 86_400_000) : 0,
    remaining: countOf(params),
    happened: 0,
  }
}

function apiRule(id: string, kind: ApiFaultKind, params: Params): ApiFaultRule {
  expectOnly(params, ['kind', 'count', 'method', 'path', 'operation', 'params', 'status'])
  const operation = text(params, 'operation')
  const [method, path] = operation
    ? operation.split(' ')
    : [text(params, 'method'), text(params, 'path')]
  if (operation && !path?.startsWith('/')) {
    throw invalidParameter(
      'operation is a method and a path, as in "POST /v1/customers/{customer}".',
      { param: 'operation' },
    )
  }
  if (path && !/^[/*]/.test(path)) {
    throw invalidParameter('path begins with a slash, as in /v1/customers/*.', {
      param: 'path',
    })
  }
  if (method && !['GET', 'POST', 'DELETE'].includes(method)) {
    throw invalidParameter('method is GET, POST or DELETE.', { param: 'method' })
  }
  const status = integer(params, 'status')
  if (status !== undefined && (kind !== 'lock_timeout' || ![409, 429].includes(status))) {
    throw invalidParameter('status is for lock_timeout: 429 or 409.', { param: 'status' })
  }
  return {
    id,
    kind,
    method: method ?? undefined,
    path: path ?? '*',
    params: nested(params, 'params') ?? {},
    status: status ?? LOCK_STATUS,
    remaining: countOf(params),
    happened: 0,
  }
}

function countOf(params: Params): number {
  return between(params, 'count', 1, 1, 1_000_000)
}

function between(
  params: Params,
  name: string,
  otherwise: number,
  least: number,
  most: number,
): number {
  const value = integer(params, name) ?? otherwise
  if (value >= least && value <= most) return value
  throw invalidParameter(`${name} is from ${least} to ${most}.`, { param: name })
}

function expectOnly(params: Params, names: readonly string[]): void {
  for (const name of Object.keys(params)) {
    if (names.includes(name)) continue
    throw invalidParameter(
      `${name} is not for this fault. It takes ${names.join(', ')}.`,
      {
        param: name,
      },
    )
  }
}
