// What an update of a subscription sets without charging anything.
import { choice } from '../api/not-modelled.ts'
import { flag, integer, mergeMetadata, nested, type Params, text } from '../api/params.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import type { Context } from '../state/context.ts'
import { periodOf } from './subscription-items.ts'
import type { Subscription } from './subscription-object.ts'
import {
  readCancelAt,
  readDefaultPaymentMethod,
  readTrialSettings,
} from './subscription-params.ts'

/** Reads them without changing anything. @throws StripeError 400 */
export function readSettings(
  { account, timeline }: Context,
  subscription: Subscription,
  params: Params,
): Partial<Subscription> {
  const now = timeline.now()
  const settings: Partial<Subscription> = {
    metadata: mergeMetadata(subscription.metadata, params),
    trial_settings: readTrialSettings(params, subscription.trial_settings),
    ...readCancellation(subscription, params, now),
    ...readCollection(subscription, params),
  }
  const paymentMethod = readDefaultPaymentMethod(account, params, subscription.customer)
  if (paymentMethod !== undefined) settings.default_payment_method = paymentMethod
  const description = text(params, 'description')
  if (description !== undefined) settings.description = description
  const payment = nested(params, 'payment_settings')
  const saves = payment && text(payment, 'save_default_payment_method')
  if (saves) {
    const { payment_settings } = subscription
    settings.payment_settings = {
      ...payment_settings,
      save_default_payment_method: saves,
    }
  }
  if (params.pause_collection !== undefined)
    settings.pause_collection = readPauseCollection(params, now)
  return settings
}

export function readCancellationDetails(
  { cancellation_details }: Subscription,
  params: Params,
): Subscription['cancellation_details'] {
  const given = nested(params, 'cancellation_details') ?? {}
  const comment = text(given, 'comment')
  const feedback = text(given, 'feedback')
  const option = text(given, 'feedback_option')
  return {
    comment: comment === undefined ? cancellation_details.comment : comment,
    feedback: feedback === undefined ? cancellation_details.feedback : feedback,
    feedback_option: option === undefined ? cancellation_details.feedback_option : option,
    reason: cancellation_details.reason,
  }
}

function readCancellation(
  subscription: Subscription,
  params: Params,
  now: number,
): Partial<Subscription> {
  const details = readCancellationDetails(subscription, params)
  const cancelAt = readCancelAt(params, now, periodOf(subscription).end)
  if (cancelAt === undefined) return { cancellation_details: details }
  return {
    cancel_at: cancelAt,
    cancel_at_period_end: flag(params, 'cancel_at_period_end') ?? false,
    canceled_at: cancelAt === null ? null : now,
    cancellation_details: {
      ...details,
      reason: cancelAt === null ? null : 'cancellation_requested',
    },
  }
}

function readCollection(
  subscription: Subscription,
  params: Params,
): Partial<Subscription> {
  const method =
    choice(params, 'collection_method', ['charge_automatically', 'send_invoice']) ??
    subscription.collection_method
  const days = integer(params, 'days_until_due') ?? subscription.days_until_due
  if (method === 'send_invoice' && days === null) {
    throw invalidRequest(
      'If collection_method is set to `send_invoice`, you must pass `days_until_due`.',
      { param: 'days_until_due' },
    )
  }
  return {
    collection_method: method,
    days_until_due: method === 'send_invoice' ? days : null,
  }
}

function readPauseCollection(
  params: Params,
  now: number,
): Subscription['pause_collection'] {
  const given = nested(params, 'pause_collection')
  if (given === undefined) return null
  const behavior = choice(given, 'behavior', [
    'keep_as_draft',
    'mark_uncollectible',
    'void',
  ])
  if (behavior === undefined) {
    throw invalidRequest('Missing required param: pause_collection[behavior].', {
      code: 'parameter_missing',
      param: 'pause_collection[behavior]',
    })
  }
  const resumesAt = integer(given, 'resumes_at') ?? null
  if (resumesAt !== null && resumesAt <= now) {
    throw invalidRequest('`resumes_at` must be in the future.', {
      param: 'pause_collection[resumes_at]',
    })
  }
  return { behavior, resumes_at: resumesAt }
}
