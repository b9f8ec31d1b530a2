// What the `stripe` package 23.1 (2026-10-28.endive) sends to billing, and the description of
// stripe-mock 0.203 (2026-08-26.dahlia) does not have. Found by comparing the two; a test
// shows which entries a newer stripe-mock makes superfluous.
// Source: the type declarations of stripe 23.1, cjs/resources.

/** In the notation of `endive.ts`. */
export const ENDIVE_BILLING = `
POST /v1/subscriptions/{subscription}/pause
  bill_for: {outstanding_usage_through: {type!: none|now}, unused_time_from: {type!: none|now|item_current_period_start}}
  expand: [string]
  invoicing_behavior: invoice|pending_invoice_item
  type: subscription
GET /v1/customers/{customer}/payment_methods
  +type: paypay|sequra
GET /v1/products
POST /v1/products
  type: service|good
GET /v1/subscriptions
POST /v1/subscription_items
POST /v1/subscription_items/{item}
  plan: string
POST /v1/billing_portal/configurations
POST /v1/billing_portal/configurations/{configuration}
  features.subscription_pause: {duration: {interval_options: ''|[{interval!: day|month|week|year, interval_count: integer}], type!: indefinite|interval_options}, enabled: boolean}
POST /v1/billing_portal/sessions
  after_expiration: {customer_login: {expires_at: integer}, type!: customer_login}
  flow_data.subscription_pause: {subscription!: string}
  +flow_data.type: subscription_pause
POST /v1/checkout/sessions
  allowed_payment_method_types: [card|acss_debit|affirm|afterpay_clearpay|alipay|alma|amazon_pay|au_becs_debit|bacs_debit|bancontact|billie|bizum|blik|boleto|cashapp|crypto|customer_balance|eps|fpx|giropay|grabpay|ideal|kakao_pay|klarna|konbini|kr_card|link|mb_way|mobilepay|multibanco|naver_pay|nz_bank_account|oxxo|p24|pay_by_bank|payco|paynow|paypal|paypay|payto|pix|promptpay|revolut_pay|samsung_pay|satispay|scalapay|sepa_debit|sequra|sofort|sunbit|swish|twint|upi|us_bank_account|wechat_pay|zip]
  +excluded_payment_method_types[]: paypay|sequra
  +locale: hi-IN
  +payment_method_options.bancontact.setup_future_usage: off_session
  payment_method_options.blik: {mandate_options: {expires_at: integer}, setup_future_usage: ''|none|off_session}
  payment_method_options.sequra: {capture_method: manual}
  +ui_mode: form
POST /v1/checkout/sessions
POST /v1/checkout/sessions/{session}
POST /v1/payment_links
  line_items[].price_data.product_data.tax_details: {performance_location: string, tax_code: string}
POST /v1/checkout/sessions
POST /v1/payment_links
POST /v1/payment_links/{payment_link}
  subscription_data.invoice_settings.account_tax_ids: ''|[string]
  subscription_data.invoice_settings.custom_fields: ''|[{name!: string, value!: string}]
  subscription_data.invoice_settings.description: string
  subscription_data.invoice_settings.footer: string
POST /v1/checkout/sessions/{session}
  payment_intent_data: {description: string, metadata: ''|{*: string}, setup_future_usage: ''|off_session|on_session, statement_descriptor: string, statement_descriptor_suffix: string}
POST /v1/customers
  +tax_id_data[].type: au_acn|au_wpn|bw_vat|ci_vat|cz_dic|fr_siren|fr_siret|fr_spi|gh_tin|is_kt|md_cf|mu_vat|mz_nuit|nz_bn|pt_nif|sm_coe|tt_bir|tt_vat
POST /v1/customers
POST /v1/customers/{customer}
POST /v1/customers/{customer}/sources
  validate: boolean
POST /v1/customers/{customer}/tax_ids
POST /v1/tax_ids
  +type: au_acn|au_wpn|bw_vat|ci_vat|cz_dic|fr_siren|fr_siret|fr_spi|gh_tin|is_kt|md_cf|mu_vat|mz_nuit|nz_bn|pt_nif|sm_coe|tt_bir|tt_vat
POST /v1/invoiceitems/{invoiceitem}
  invoicing_rules: ''
POST /v1/invoices
POST /v1/invoices/{invoice}
  payment_settings.payment_method_options.billie.reference: string
  payment_settings.payment_method_options.blik: ''|{}
POST /v1/invoices
POST /v1/invoices/{invoice}
POST /v1/subscriptions
POST /v1/subscriptions/{subscription_exposed_id}
  payment_settings.payment_method_options.billie.company_details: ''|{registered_address: ''|{city: string, country: string, line1: string, line2: string, postal_code: string, state: string}, registered_name: string, registration_number: string, registration_type: ''|es_cif|fr_siren|fr_siret|ch_ein|de_hrb|dk_cvr|fi_tunnus|it_rea|nl_kvk|no_org_number|no_pno|se_org_number|se_pno|uk_crn, vat: string}
  +payment_settings.payment_method_types[]: blik|sequra
POST /v1/invoices/create_preview
  schedule_details.pause_schedules: ''|[{key: string, pause: {pause_at: {timestamp: integer, type!: now|timestamp}, settings: {bill_for: {outstanding_usage_through: {type: none|pause_at}, unused_time_from: {type: none|pause_at|item_current_period_start}}, invoicing_behavior: invoice|pending_invoice_item, type: subscription}}, resume: ''|{resume_at: {duration: {interval!: day|month|week|year, interval_count: integer}, timestamp: integer, type!: now|timestamp|duration}, settings: {billing_cycle_anchor: unchanged|resume_at, payment_behavior: resume_on_payment_attempt|resume_on_payment_success, proration_behavior: none|always_invoice|create_prorations}}}]
  schedule_details.phases[].currency: string
  schedule_details.phases[].items[].plan: string
  ~subscription_details.billing_cycle_anchor: {timestamp: integer, type!: now|unchanged|timestamp}
  subscription_details.items[].current_trial: {trial_offer!: string}
  subscription_details.items[].plan: string
  subscription_details.pause: {bill_for: {outstanding_usage_through: {type!: none|now}, unused_time_from: {type!: none|now|item_current_period_start}}, invoicing_behavior: invoice|pending_invoice_item, type: subscription}
POST /v1/invoices/create_preview
POST /v1/tax/calculations
  +customer_details.tax_ids[].type: au_acn|au_wpn|bw_vat|ci_vat|cz_dic|fr_siren|fr_siret|fr_spi|gh_tin|is_kt|md_cf|mu_vat|mz_nuit|nz_bn|pt_nif|sm_coe|tt_bir|tt_vat
POST /v1/invoices/{invoice}/add_lines
POST /v1/invoices/{invoice}/update_lines
  lines[].price_data.product_data.tax_details: {performance_location: string, tax_code: string}
  +lines[].tax_amounts[].tax_rate_data.tax_type: admissions_tax|attendance_tax|digital_excise_tax|entertainment_tax|get_fund|gross_receipts_tax|hospitality_tax|luxury_tax|nhil|resort_tax|tourism_tax|utility_users_tax
POST /v1/invoices/{invoice}/lines/{line_item_id}
  price_data.product_data.tax_details: {performance_location: string, tax_code: string}
  +tax_amounts[].tax_rate_data.tax_type: admissions_tax|attendance_tax|digital_excise_tax|entertainment_tax|get_fund|gross_receipts_tax|hospitality_tax|luxury_tax|nhil|resort_tax|tourism_tax|utility_users_tax
POST /v1/payment_links
POST /v1/payment_links/{payment_link}
  +payment_method_types[]: paypay|scalapay|sequra
POST /v1/plans
  product.tax_details: {performance_location: string, tax_code: string}
POST /v1/prices
  product_data.tax_details: {performance_location: string, tax_code: string}
  recurring.trial_period_days: integer
POST /v1/products
  tax_details: {performance_location: string, tax_code: string}
POST /v1/products/{id}
  tax_details: ''|{performance_location: string, tax_code: string}
POST /v1/subscription_items
POST /v1/subscription_items/{item}
  current_trial: {trial_offer!: string}
POST /v1/subscription_schedules
  pause_schedules: [{key: string, pause: {pause_at!: {timestamp: integer, type!: now|timestamp}, settings: {bill_for: {outstanding_usage_through: {type: none|pause_at}, unused_time_from: {type: none|pause_at|item_current_period_start}}, invoicing_behavior: invoice|pending_invoice_item, type: subscription}}, resume: {resume_at!: {duration: {interval!: day|month|week|year, interval_count: integer}, timestamp: integer, type!: now|timestamp|duration}, settings: {billing_cycle_anchor: unchanged|resume_at, payment_behavior: resume_on_payment_attempt|resume_on_payment_success, proration_behavior: none|always_invoice|create_prorations}}}]
POST /v1/subscription_schedules
POST /v1/subscription_schedules/{schedule}
  phases[].items[].plan: string
POST /v1/subscription_schedules/{schedule}
  pause_schedules: ''|[{key: string, pause: {pause_at: {timestamp: integer, type!: now|timestamp}, settings: {bill_for: {outstanding_usage_through: {type: none|pause_at}, unused_time_from: {type: none|pause_at|item_current_period_start}}, invoicing_behavior: invoice|pending_invoice_item, type: subscription}}, resume: ''|{resume_at: {duration: {interval!: day|month|week|year, interval_count: integer}, timestamp: integer, type!: now|timestamp|duration}, settings: {billing_cycle_anchor: unchanged|resume_at, payment_behavior: resume_on_payment_attempt|resume_on_payment_success, proration_behavior: none|always_invoice|create_prorations}}}]
  phases[].currency: string
POST /v1/subscriptions
POST /v1/subscriptions/{subscription_exposed_id}
  items[].current_trial: {trial_offer!: string}
  items[].plan: string
  payment_settings.payment_method_options.blik: ''|{mandate_options: {expires_at: integer}}
  trial_settings.end_behavior.billing_cycle_anchor: now|unchanged
  ?trial_settings.end_behavior.missing_payment_method: create_invoice
POST /v1/subscriptions/{subscription_exposed_id}
POST /v1/subscriptions/{subscription}/resume
  ~billing_cycle_anchor: {type!: now|unchanged}
POST /v1/subscriptions/{subscription}/resume
  payment_behavior: resume_on_payment_attempt|resume_on_payment_success
POST /v1/tax/calculations
  line_items[].performance_location: string
POST /v1/tax/registrations
  country_options.bw: {type!: simplified}
  country_options.ci: {type!: simplified}
  country_options.gh: {type!: simplified}
  country_options.mu: {type!: simplified}
  country_options.us.admissions_tax: {jurisdiction!: string}
  country_options.us.attendance_tax: {jurisdiction!: string}
  country_options.us.entertainment_tax: {jurisdiction!: string}
  country_options.us.gross_receipts_tax: {jurisdiction!: string}
  country_options.us.hospitality_tax: {jurisdiction!: string}
  country_options.us.luxury_tax: {jurisdiction!: string}
  country_options.us.resort_tax: {jurisdiction!: string}
  country_options.us.tourism_tax: {jurisdiction!: string}
  +country_options.us.type: admissions_tax|attendance_tax|digital_excise_tax|entertainment_tax|gross_receipts_tax|hospitality_tax|luxury_tax|resort_tax|tourism_tax|utility_users_tax
  country_options.us.utility_users_tax: {jurisdiction!: string}
POST /v1/tax_rates
POST /v1/tax_rates/{tax_rate}
  +tax_type: admissions_tax|attendance_tax|digital_excise_tax|entertainment_tax|get_fund|gross_receipts_tax|hospitality_tax|luxury_tax|nhil|resort_tax|tourism_tax|utility_users_tax
POST /v1/webhook_endpoints
  +api_version: 2026-09-30.endive|2026-10-28.endive
POST /v1/webhook_endpoints
POST /v1/webhook_endpoints/{webhook_endpoint}
  +enabled_events[]: apps.install.created|apps.install.deleted|apps.install.updated|three_d_secure.authentication.canceled|three_d_secure.authentication.challenge_started|three_d_secure.authentication.errored|three_d_secure.authentication.failed|three_d_secure.authentication.requires_challenge|three_d_secure.authentication.requires_submission|three_d_secure.authentication.succeeded
`
