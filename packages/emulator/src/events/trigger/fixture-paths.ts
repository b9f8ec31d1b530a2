/**
 * Where stripe-mock answers the object that an event is about, by the beginning of the
 * event's type; the longest counts. Types of which it has no object are not here.
 *
 * Source: the types of `data.object` in stripe 23.1, and Stripe's OpenAPI description
 */
const PATHS: Readonly<Record<string, string>> = {
  'account.external_account': '/v1/accounts/acct_1/external_accounts/ba_1',
  'account.updated': '/v1/accounts/acct_1',
  application_fee: '/v1/application_fees/fee_1',
  'application_fee.refund': '/v1/application_fees/fee_1/refunds/fr_1',
  balance: '/v1/balance',
  balance_settings: '/v1/balance_settings',
  'billing.credit_balance_transaction': '/v1/billing/credit_balance_transactions/cbtxn_1',
  'billing.credit_grant': '/v1/billing/credit_grants/credgr_1',
  'billing.meter': '/v1/billing/meters/mtr_1',
  'billing_portal.configuration': '/v1/billing_portal/configurations/bpc_1',
  capability: '/v1/accounts/acct_1/capabilities/card_payments',
  cash_balance: '/v1/customers/cus_1/cash_balance',
  charge: '/v1/charges/ch_1',
  'charge.dispute': '/v1/disputes/du_1',
  'charge.refund': '/v1/refunds/re_1',
  'checkout.session': '/v1/checkout/sessions/cs_test_1',
  'climate.order': '/v1/climate/orders/climorder_1',
  'climate.product': '/v1/climate/products/climsku_1',
  coupon: '/v1/coupons/coupon_1',
  credit_note: '/v1/credit_notes/cn_1',
  customer: '/v1/customers/cus_1',
  'customer.discount': '/v1/customers/cus_1/discount',
  'customer.source': '/v1/customers/cus_1/sources/card_1',
  'customer.subscription': '/v1/subscriptions/sub_1',
  'customer.tax_id': '/v1/customers/cus_1/tax_ids/txi_1',
  customer_cash_balance_transaction:
    '/v1/customers/cus_1/cash_balance_transactions/ccsbtxn_1',
  file: '/v1/files/file_1',
  'financial_connections.account': '/v1/financial_connections/accounts/fca_1',
  'identity.verification_session': '/v1/identity/verification_sessions/vs_1',
  invoice: '/v1/invoices/in_1',
  invoice_payment: '/v1/invoice_payments/inpay_1',
  invoiceitem: '/v1/invoiceitems/ii_1',
  issuing_authorization: '/v1/issuing/authorizations/iauth_1',
  issuing_card: '/v1/issuing/cards/ic_1',
  issuing_cardholder: '/v1/issuing/cardholders/ich_1',
  issuing_dispute: '/v1/issuing/disputes/idp_1',
  issuing_personalization_design: '/v1/issuing/personalization_designs/ipd_1',
  issuing_token: '/v1/issuing/tokens/intok_1',
  issuing_transaction: '/v1/issuing/transactions/ipi_1',
  mandate: '/v1/mandates/mandate_1',
  payment_intent: '/v1/payment_intents/pi_1',
  payment_link: '/v1/payment_links/plink_1',
  payment_method: '/v1/payment_methods/pm_1',
  payout: '/v1/payouts/po_1',
  person: '/v1/accounts/acct_1/persons/person_1',
  plan: '/v1/plans/plan_1',
  price: '/v1/prices/price_1',
  product: '/v1/products/prod_1',
  promotion_code: '/v1/promotion_codes/promo_1',
  quote: '/v1/quotes/qt_1',
  'radar.early_fraud_warning': '/v1/radar/early_fraud_warnings/issfr_1',
  refund: '/v1/refunds/re_1',
  'reporting.report_run': '/v1/reporting/report_runs/frr_1',
  'reporting.report_type': '/v1/reporting/report_types/balance.summary.1',
  review: '/v1/reviews/prv_1',
  setup_intent: '/v1/setup_intents/seti_1',
  'sigma.scheduled_query_run': '/v1/sigma/scheduled_query_runs/sqr_1',
  source: '/v1/sources/src_1',
  'source.mandate_notification': '/v1/sources/src_1/mandate_notifications/srcmn_1',
  'source.transaction': '/v1/sources/src_1/source_transactions/srctxn_1',
  subscription_schedule: '/v1/subscription_schedules/sub_sched_1',
  'tax.settings': '/v1/tax/settings',
  tax_rate: '/v1/tax_rates/txr_1',
  'terminal.reader': '/v1/terminal/readers/tmr_1',
  'test_helpers.test_clock': '/v1/test_helpers/test_clocks/clock_1',
  topup: '/v1/topups/tu_1',
  transfer: '/v1/transfers/tr_1',
  'treasury.credit_reversal': '/v1/treasury/credit_reversals/credrev_1',
  'treasury.debit_reversal': '/v1/treasury/debit_reversals/debrev_1',
  'treasury.financial_account': '/v1/treasury/financial_accounts/fa_1',
  'treasury.inbound_transfer': '/v1/treasury/inbound_transfers/ibt_1',
  'treasury.outbound_payment': '/v1/treasury/outbound_payments/obp_1',
  'treasury.outbound_transfer': '/v1/treasury/outbound_transfers/obt_1',
  'treasury.received_credit': '/v1/treasury/received_credits/rc_1',
  'treasury.received_debit': '/v1/treasury/received_debits/rd_1',
}

/** Where stripe-mock answers the object of an event; `undefined` when it has none. */
export function fixturePathOf(type: string): string | undefined {
  for (let end = type.length; end > 0; end = type.lastIndexOf('.', end - 1)) {
    const path = PATHS[type.slice(0, end)]
    if (path !== undefined) return path
  }
  return undefined
}
