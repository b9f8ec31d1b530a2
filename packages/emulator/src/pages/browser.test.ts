// People at the two pages, in a real browser whose JavaScript is off. Where no Chromium can be
// had (it is unpacked on Linux only), name one in CHROMIUM_PATH.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import chromium from '@sparticuz/chromium'
import {
  type Browser,
  type BrowserContextOptions,
  type Page,
  chromium as playwright,
} from 'playwright-core'
import type Stripe from 'stripe'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { cardByNumber, emulator, stripe } from '../emulator.test-setup.ts'

type CreateParams = Stripe.Checkout.SessionCreateParams

const { CHROMIUM_PATH, SCREENSHOTS } = process.env
const hasChromium = CHROMIUM_PATH !== undefined || process.platform === 'linux'

/** Each thing in a process of its own, as it comes: those of the package's list that save memory crash now and then. */
const ARGS = ['--headless=shell', '--no-sandbox', '--disable-gpu']
const LAUNCHES = 3

/** Chromium crashes now and then at its start, on a busy machine. That is no defect of a page. */
async function launch(): Promise<Browser> {
  const executablePath = CHROMIUM_PATH ?? (await chromium.executablePath())
  for (let attempt = 1; ; attempt++) {
    try {
      return await playwright.launch({ executablePath, args: ARGS })
    } catch (error) {
      if (attempt === LAUNCHES) throw error
    }
  }
}

let browser: Browser
let shop: Server
let shopUrl: string
const pages: Page[] = []

beforeAll(async () => {
  if (!hasChromium) return
  browser = await launch()
  // As applications do, it sends the buyer on to another address.
  shop = createServer(({ url = '' }, response) => {
    if (url.startsWith('/done'))
      response.writeHead(302, { location: url.replace('/done', '/thanks') }).end()
    else response.end(`<title>Shop</title><p>${url.replaceAll(/[<>&]/g, '')}</p>`)
  }).listen(0, '127.0.0.1')
  await once(shop, 'listening')
  shopUrl = `http://localhost:${(shop.address() as AddressInfo).port}`
}, 60_000)

afterEach(async () => {
  const open = pages.splice(0)
  if (browser?.isConnected())
    await Promise.all(open.map((page) => page.context().close()))
})

afterAll(async () => {
  await browser?.close()
  shop?.closeAllConnections()
  shop?.close()
})

function sale(more: CreateParams = {}): CreateParams {
  return {
    mode: 'payment',
    success_url: `${shopUrl}/done?session={CHECKOUT_SESSION_ID}`,
    cancel_url: `${shopUrl}/cart`,
    branding_settings: { display_name: 'Otter Press' },
    line_items: [
      {
        price_data: {
          currency: 'eur',
          product_data: { name: 'A paper notebook, dotted' },
          unit_amount: 2_000,
        },
        quantity: 2,
      },
    ],
    ...more,
  }
}

async function visit(
  params: CreateParams,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; id: string }> {
  const { id, url } = await stripe.checkout.sessions.create(params)
  const page = await newPage(options)
  await page.goto(url ?? '')
  return { page, id }
}

async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  if (!browser.isConnected()) browser = await launch()
  const context = await browser.newContext({ javaScriptEnabled: false, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(5_000)
  pages.push(page)
  return page
}

async function fill(page: Page, card: string): Promise<void> {
  await page.getByLabel('E-mail').fill('ada@shop.example')
  await page.getByLabel('Card number').fill(card)
  await page.getByLabel('Expiry').fill('12 / 40')
  await page.getByLabel('CVC').fill('123')
  await page.getByLabel('Name on card').fill('Ada Lovelace')
}

async function pay(page: Page, card: string): Promise<void> {
  await fill(page, card)
  await page.getByRole('button', { name: 'Pay €40.00' }).click()
}

async function shoot(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true })
}

const statusOf = async (id: string) =>
  (await stripe.checkout.sessions.retrieve(id)).status

const PHONE = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true }

// A browser that crashes in the middle takes its test along: the next try has another.
const options = { retry: 2 }
describe.skipIf(!hasChromium)('in a browser without JavaScript, a buyer', options, () => {
  it('pays, and is sent on to the shop', async () => {
    const { page, id } = await visit(sale())
    await shoot(page, 'checkout')
    await pay(page, '4242 4242 4242 4242')
    await page.waitForURL(`${shopUrl}/thanks?session=${id}`)
    expect(await statusOf(id)).toBe('complete')
    await page.goto(`${emulator.url}/c/pay/${id}`)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(
      'Your payment is complete',
    )
    await shoot(page, 'complete')
  })

  it('is told of a decline where the card is, and pays with another', async () => {
    const { page, id } = await visit(sale())
    await pay(page, '4000 0000 0000 9995')
    const alert = page.getByRole('alert')
    expect(await alert.textContent()).toContain('Your card has insufficient funds.')
    expect(await page.title()).toMatch(/^Error: /)
    const card = page.getByLabel('Card number')
    expect(await card.getAttribute('aria-invalid')).toBe('true')
    const description = await card.getAttribute('aria-describedby')
    expect(await page.locator(`#${description}`).textContent()).toBe(
      'Your card has insufficient funds.',
    )
    expect(await card.inputValue()).toBe('')
    expect(await page.getByLabel('E-mail').inputValue()).toBe('ada@shop.example')
    await shoot(page, 'declined')
    await page.reload()
    expect(await alert.isVisible()).toBe(true)
    await pay(page, '5555 5555 5555 4444')
    await page.waitForURL(`${shopUrl}/thanks?session=${id}`)
  })

  it('goes back to the shop', async () => {
    const { page, id } = await visit(sale())
    await page.getByRole('link', { name: 'Back to Otter Press' }).click()
    await page.waitForURL(`${shopUrl}/cart`)
    expect(await statusOf(id)).toBe('open')
  })

  it('fails 3D Secure, then passes it', async () => {
    const { page, id } = await visit(sale())
    await pay(page, '4000 0025 0000 3155')
    await shoot(page, '3ds')
    await page.getByRole('button', { name: 'Fail authentication' }).click()
    expect(await page.getByRole('alert').textContent()).toContain('failed authentication')
    expect(await statusOf(id)).toBe('open')
    await pay(page, '4000 0025 0000 3155')
    await page.getByRole('button', { name: 'Complete authentication' }).click()
    await page.waitForURL(`${shopUrl}/thanks?session=${id}`)
    expect(await statusOf(id)).toBe('complete')
  })

  it('comes back to an application that asked for 3D Secure itself', async () => {
    const intent = await stripe.paymentIntents.create({
      amount: 2_000,
      currency: 'eur',
      confirm: true,
      payment_method: await cardByNumber('4000002500003155'),
      return_url: `${shopUrl}/done`,
    })
    const page = await newPage()
    await page.goto(intent.next_action?.redirect_to_url?.url ?? '')
    await page.getByRole('button', { name: 'Complete authentication' }).click()
    await page.waitForURL(/\/thanks\?payment_intent=pi_.*&redirect_status=succeeded$/)
  })

  it('does it all by keyboard', async () => {
    const { page, id } = await visit(sale())
    const { keyboard } = page
    for (const text of [
      // Past the link back.
      undefined,
      'ada@shop.example',
      '4000 0025 0000 3155',
      '12/40',
      '123',
      'Ada Lovelace',
    ]) {
      await keyboard.press('Tab')
      if (text !== undefined) await keyboard.type(text)
    }
    await shoot(page, 'keyboard')
    await keyboard.press('Enter')
    await page.waitForURL(/\/3ds\//)
    await keyboard.press('Tab')
    expect(await page.locator(':focus').textContent()).toBe('Complete authentication')
    const outline = await page
      .locator(':focus')
      .evaluate((element) => getComputedStyle(element).outlineStyle)
    expect(outline).toBe('solid')
    await keyboard.press('Enter')
    await page.waitForURL(`${shopUrl}/thanks?session=${id}`)
  })

  it('opens the list of test cards', async () => {
    const { page } = await visit(sale())
    const card = page.getByText('4000 0000 0000 0002')
    expect(await card.isVisible()).toBe(false)
    await page.getByText('Test card numbers').click()
    expect(await card.isVisible()).toBe(true)
    await shoot(page, 'cards')
  })

  it.each([
    ['a phone', 'phone', PHONE],
    ['a phone in the dark', 'phone-dark', { ...PHONE, colorScheme: 'dark' }],
    ['the dark', 'dark', { colorScheme: 'dark' }],
  ] as const)(
    'sees everything without scrolling sideways on %s',
    async (_, name, options) => {
      const { page } = await visit(
        sale({ branding_settings: { display_name: `Otter${'x'.repeat(60)}` } }),
        options,
      )
      await pay(page, '4000 0000 0000 0002')
      await page.getByText('Test card numbers').click()
      await shoot(page, name)
      await expectNoSideways(page)
      await pay(page, '4000 0025 0000 3155')
      await shoot(page, `${name}-3ds`)
      await expectNoSideways(page)
    },
  )

  it('cannot send an empty form', async () => {
    const { page } = await visit(sale())
    await page.getByRole('button', { name: 'Pay €40.00' }).click()
    expect(await page.getByRole('alert').count()).toBe(0)
    expect(
      await page.getByLabel('E-mail').evaluate((input) => input.matches(':invalid')),
    ).toBe(true)
  })

  it('loads nothing that the policy refuses', async () => {
    const refused: string[] = []
    const page = await newPage()
    page.on('console', (message) => refused.push(message.text()))
    const { url } = await stripe.checkout.sessions.create(sale())
    await page.goto(url ?? '')
    await pay(page, '4000 0000 0000 0002')
    expect(refused).toEqual([])
    const color = await page
      .getByRole('button', { name: 'Pay €40.00' })
      .evaluate((button) => getComputedStyle(button).backgroundColor)
    expect(color).toBe('rgb(67, 56, 202)')
  })
})

async function expectNoSideways(page: Page): Promise<void> {
  const [inner, content] = await page
    .locator('html')
    .evaluate(({ clientWidth, scrollWidth }) => [clientWidth, scrollWidth])
  expect(content).toBeLessThanOrEqual(inner ?? 0)
}
