import { webhook } from '@countersign/koa'
import Koa, { type Middleware } from 'koa'
import { billing } from './billing.js'

const middleware: Middleware = webhook(billing)
new Koa().use(middleware).use(webhook(() => billing, { path: '/webhooks/stripe' }))
// @ts-expect-error: there is no such option
webhook(billing, { paths: '/webhooks/stripe' })
