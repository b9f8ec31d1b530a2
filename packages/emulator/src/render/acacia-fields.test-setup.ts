// What objects had in 2025-02-24.acacia, by `object`; what ends in ? was not always there.
// Taken from the types of stripe 17.7.

export const ACACIA_FIELDS: Readonly<Record<string, string>> = {
  charge: `
    amount amount_captured amount_refunded application application_fee
    application_fee_amount authorization_code? balance_transaction billing_details
    calculated_statement_descriptor captured created currency customer description
    disputed failure_balance_transaction failure_code failure_message fraud_details id
    invoice level3? livemode metadata object on_behalf_of outcome paid payment_intent
    payment_method payment_method_details radar_options? receipt_email receipt_number
    receipt_url refunded refunds? review shipping source source_transfer
    statement_descriptor statement_descriptor_suffix status transfer? transfer_data
    transfer_group
  `,
  'checkout.session': `
    adaptive_pricing after_expiration allow_promotion_codes amount_subtotal amount_total
    automatic_tax billing_address_collection cancel_url client_reference_id
    client_secret collected_information? consent consent_collection created currency
    currency_conversion custom_fields custom_text customer customer_creation
    customer_details customer_email discounts expires_at id invoice invoice_creation
    line_items? livemode locale metadata mode object payment_intent payment_link
    payment_method_collection payment_method_configuration_details
    payment_method_options payment_method_types payment_status phone_number_collection?
    recovered_from redirect_on_completion? return_url? saved_payment_method_options
    setup_intent shipping_address_collection shipping_cost shipping_details
    shipping_options status submit_type subscription success_url tax_id_collection?
    total_details ui_mode url
  `,
  customer: `
    address? balance cash_balance? created currency? default_source delinquent?
    description discount? email id invoice_credit_balance? invoice_prefix?
    invoice_settings livemode metadata name? next_invoice_sequence? object phone?
    preferred_locales? shipping sources? subscriptions? tax? tax_exempt? tax_ids?
    test_clock?
  `,
  dispute: `
    amount balance_transactions charge created currency enhanced_eligibility_types
    evidence evidence_details id is_charge_refundable livemode metadata
    network_reason_code? object payment_intent payment_method_details? reason status
  `,
  invoice: `
    account_country account_name account_tax_ids amount_due amount_paid amount_remaining
    amount_shipping application application_fee_amount attempt_count attempted
    auto_advance? automatic_tax automatically_finalizes_at billing_reason charge
    collection_method created currency custom_fields customer customer_address
    customer_email customer_name customer_phone customer_shipping customer_tax_exempt
    customer_tax_ids? default_payment_method default_source default_tax_rates
    description discount discounts due_date effective_at ending_balance footer
    from_invoice hosted_invoice_url? id invoice_pdf? issuer last_finalization_error
    latest_revision lines livemode metadata next_payment_attempt number object
    on_behalf_of paid paid_out_of_band payment_intent payment_settings period_end
    period_start post_payment_credit_notes_amount pre_payment_credit_notes_amount quote
    receipt_number rendering shipping_cost shipping_details starting_balance
    statement_descriptor status status_transitions subscription subscription_details
    subscription_proration_date? subtotal subtotal_excluding_tax tax test_clock
    threshold_reason? total total_discount_amounts total_excluding_tax
    total_pretax_credit_amounts total_tax_amounts transfer_data webhooks_delivered_at
  `,
  invoiceitem: `
    amount currency customer date description discountable discounts id invoice livemode
    metadata object period plan price proration quantity subscription subscription_item?
    tax_rates test_clock unit_amount unit_amount_decimal
  `,
  line_item: `
    amount amount_excluding_tax currency description discount_amounts discountable
    discounts id invoice invoice_item? livemode metadata object period plan
    pretax_credit_amounts price proration proration_details quantity subscription
    subscription_item? tax_amounts tax_rates type unit_amount_excluding_tax
  `,
  payment_intent: `
    amount amount_capturable amount_details? amount_received application
    application_fee_amount automatic_payment_methods canceled_at cancellation_reason
    capture_method client_secret confirmation_method created currency customer
    description id invoice last_payment_error latest_charge livemode metadata
    next_action object on_behalf_of payment_method payment_method_configuration_details
    payment_method_options payment_method_types processing receipt_email review
    setup_future_usage shipping source statement_descriptor statement_descriptor_suffix
    status transfer_data transfer_group
  `,
  payment_method: `
    acss_debit? affirm? afterpay_clearpay? alipay? allow_redisplay? alma? amazon_pay?
    au_becs_debit? bacs_debit? bancontact? billing_details blik? boleto? card?
    card_present? cashapp? created customer customer_balance? eps? fpx? giropay?
    grabpay? id ideal? interac_present? kakao_pay? klarna? konbini? kr_card? link?
    livemode metadata mobilepay? multibanco? naver_pay? object oxxo? p24? pay_by_bank?
    payco? paynow? paypal? pix? promptpay? radar_options? revolut_pay? samsung_pay?
    sepa_debit? sofort? swish? twint? type us_bank_account? wechat_pay? zip?
  `,
  plan: `
    active aggregate_usage amount amount_decimal billing_scheme created currency id
    interval interval_count livemode metadata meter nickname object product tiers?
    tiers_mode transform_usage trial_period_days usage_type
  `,
  price: `
    active billing_scheme created currency currency_options? custom_unit_amount id
    livemode lookup_key metadata nickname object product recurring tax_behavior tiers?
    tiers_mode transform_quantity type unit_amount unit_amount_decimal
  `,
  product: `
    active created default_price? description id images livemode marketing_features
    metadata name object package_dimensions shippable statement_descriptor? tax_code
    type unit_label? updated url
  `,
  refund: `
    amount balance_transaction charge created currency description? destination_details?
    failure_balance_transaction? failure_reason? id instructions_email? metadata
    next_action? object payment_intent reason receipt_number source_transfer_reversal
    status transfer_reversal
  `,
  setup_intent: `
    application attach_to_self? automatic_payment_methods cancellation_reason
    client_secret created customer description flow_directions id last_setup_error
    latest_attempt livemode mandate metadata next_action object on_behalf_of
    payment_method payment_method_configuration_details payment_method_options
    payment_method_types single_use_mandate status usage
  `,
  subscription: `
    application application_fee_percent automatic_tax billing_cycle_anchor
    billing_cycle_anchor_config billing_thresholds cancel_at cancel_at_period_end
    canceled_at cancellation_details collection_method created currency
    current_period_end current_period_start customer days_until_due
    default_payment_method default_source default_tax_rates? description discount
    discounts ended_at id invoice_settings items latest_invoice livemode metadata
    next_pending_invoice_item_invoice object on_behalf_of pause_collection
    payment_settings pending_invoice_item_interval pending_setup_intent pending_update
    schedule start_date status test_clock transfer_data trial_end trial_settings
    trial_start
  `,
  subscription_item: `
    billing_thresholds created discounts id metadata object plan price quantity?
    subscription tax_rates
  `,
}
