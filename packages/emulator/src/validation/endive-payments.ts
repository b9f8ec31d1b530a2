// What the `stripe` package 23.1 (2026-10-28.endive) sends to everything but billing, and the description of
// stripe-mock 0.203 (2026-08-26.dahlia) does not have. Found by comparing the two; a test
// shows which entries a newer stripe-mock makes superfluous.
// Source: the type declarations of stripe 23.1, cjs/resources.

/** In the notation of `endive.ts`. */
export const ENDIVE_PAYMENTS = `
GET /v1/payment_methods
POST /v1/payment_methods
  +type: paypay|sequra
GET /v1/terminal/readers
  +device_type: simulated_stripe_t600|stripe_t600
POST /v1/account_sessions
  components.reporting_chart: {enabled!: boolean, features: {}}
  components.terminal_hardware_orders: {enabled!: boolean, features: {}}
  components.terminal_hardware_shop: {enabled!: boolean, features: {}}
POST /v1/accounts
  ~external_account: {object!: string, country!: string, currency!: string, account_holder_name: string, account_holder_type: string, routing_number: string, account_number!: string}
  settings.sepa_debit_payments: {creditor_id: string}
POST /v1/accounts
POST /v1/accounts/{account}
  business_profile.specified_commercial_transactions_act_url: string
  capabilities.blik_recurring_payments: {requested: boolean}
  capabilities.paypay_payments: {requested: boolean}
  capabilities.sequra_payments: {requested: boolean}
  capabilities.wero_payments: {requested: boolean}
  company.physical_address: {city: string, country: string, line1: string, line2: string, postal_code: string, state: string}
  documents.proof_of_business_presence: {files: [string]}
  settings.paypay_payments: {additional_files: [string], goods_type: other|digital_content, site: {accessible: {}, in_development: {password!: string, username: string}, restricted: {payment_flow_file: string}, type: restricted|accessible|in_development}}
POST /v1/accounts/{account}
  ~external_account: {object!: bank_account, account_holder_name: string, account_holder_type: company|individual, account_number!: string, country!: string, currency: string, routing_number: string}|{object!: card, address_city: string, address_country: string, address_line1: string, address_line2: string, address_state: string, address_zip: string, currency: string, cvc: string, default_for_currency: boolean, exp_month!: integer, exp_year!: integer, metadata: {*: string}, name: string, number!: string}|{object!: card, currency: string, token!: string}
POST /v1/accounts/{account}/external_accounts
  ~external_account: {object!: card, address_city: string, address_country: string, address_line1: string, address_line2: string, address_state: string, address_zip: string, currency: string, cvc: string, exp_month!: integer, exp_year!: integer, metadata: {*: string}, name: string, number!: string}|{object!: bank_account, account_holder_name: string, account_holder_type: company|individual, account_number!: string, country!: string, currency: string, routing_number: string}|{object!: card, currency: string, token!: string}
POST /v1/disputes/{dispute}
  evidence.appeal: ''|{card: ''|{reason_for_filing: string, supporting_files: ''|[string]}}
  intended_submission_method: manual|prefer_manual|prefer_smart_disputes|smart_disputes
POST /v1/financial_connections/sessions
  filters.country: string
POST /v1/issuing/cards/{card}
  financial_account: string
POST /v1/payment_intents
POST /v1/payment_intents/{intent}
POST /v1/payment_intents/{intent}/confirm
  payment_method_options.billie.company_details: ''|{registered_address: ''|{city: string, country: string, line1: string, line2: string, postal_code: string, state: string}, registered_name: string, registration_number: string, registration_type: ''|es_cif|fr_siren|fr_siret|ch_ein|de_hrb|dk_cvr|fi_tunnus|it_rea|nl_kvk|no_org_number|no_pno|se_org_number|se_pno|uk_crn, vat: string}
  payment_method_options.billie.reference: string
  payment_method_options.blik.mandate_options: {expires_at: integer}
  +payment_method_options.blik.setup_future_usage: off_session
  payment_method_options.card.stored_credential_usage: recurring|installment|unscheduled
  payment_method_options.paypay: ''|{}
  payment_method_options.sequra: ''|{capture_method: ''|manual, setup_future_usage: none}
POST /v1/payment_intents
POST /v1/payment_intents/{intent}
POST /v1/payment_intents/{intent}/confirm
POST /v1/setup_intents
POST /v1/setup_intents/{intent}
  +excluded_payment_method_types[]: paypay|sequra
POST /v1/payment_intents
POST /v1/payment_intents/{intent}
POST /v1/payment_intents/{intent}/confirm
POST /v1/setup_intents
POST /v1/setup_intents/{intent}
POST /v1/setup_intents/{intent}/confirm
  +allowed_payment_method_types[]: card_present|interac_present
  payment_method_options.card.moto: boolean
  payment_method_options.card.setup_credential_usage: recurring|installment|unscheduled
  payment_method_options.link.persistent_token: string
POST /v1/payment_intents
POST /v1/payment_intents/{intent}
POST /v1/payment_intents/{intent}/confirm
POST /v1/setup_intents
POST /v1/setup_intents/{intent}
POST /v1/setup_intents/{intent}/confirm
POST /v1/test_helpers/confirmation_tokens
  payment_method_data.fpx.account_holder_type: company|individual
  payment_method_data.paypay: {}
  payment_method_data.sequra: {}
  +payment_method_data.type: paypay|sequra
POST /v1/payment_method_configurations
POST /v1/payment_method_configurations/{configuration}
  paypay: {display_preference: {preference: none|off|on}}
  sequra: {display_preference: {preference: none|off|on}}
POST /v1/payment_methods
  fpx.account_holder_type: company|individual
  paypay: {}
  sequra: {}
POST /v1/payment_records/report_payment
POST /v1/payment_records/{id}/report_payment_attempt
  canceled: {canceled_at!: integer}
  +outcome: canceled
POST /v1/setup_intents
POST /v1/setup_intents/{intent}
POST /v1/setup_intents/{intent}/confirm
  payment_method_options.blik: {code: string, mandate_options: {expires_at: integer}}
POST /v1/terminal/configurations
  stripe_t600: {splashscreen: string}
POST /v1/terminal/configurations
POST /v1/terminal/configurations/{configuration}
  reader_security: ''|{admin_menu_passcode: string}
POST /v1/terminal/configurations/{configuration}
  stripe_t600: ''|{splashscreen: string}
POST /v1/test_helpers/treasury/received_credits
  +network: rtp
POST /v1/tokens
  account.company.physical_address: {city: string, country: string, line1: string, line2: string, postal_code: string, state: string}
  ~bank_account: string
`
