// The names that each entry of each published package exports. A change here is a change for
// users: it needs a changeset, and a removal a major version.
import { readdir, readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

const root = new URL('..', import.meta.url)
const packages = await readdir(new URL('packages', root))
const folders = [...packages.map((name) => `packages/${name}`), 'conformance']

async function namesOf(entry: URL): Promise<readonly string[]> {
  const source = await readFile(entry, 'utf8')
  // An entry holds nothing but explicit re-exports.
  const blocks = [...source.matchAll(/export (type )?\{([^}]*)\} from '[^']+'/g)]
  return blocks
    .flatMap(([, isType = '', names = '']) =>
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
        .map((name) => (name.startsWith('type ') ? name : `${isType}${name}`)),
    )
    .sort()
}

it('the public surface is what it was', async () => {
  const surface: Record<string, readonly string[]> = {}
  for (const folder of folders) {
    const {
      name,
      exports,
      private: isPrivate,
    } = JSON.parse(await readFile(new URL(`${folder}/package.json`, root), 'utf8'))
    if (isPrivate) continue
    for (const [subpath, target] of Object.entries<string>(exports)) {
      if (!target.endsWith('.ts')) continue
      const entry = new URL(target, new URL(`${folder}/`, root))
      surface[`${name}${subpath.slice(1)}`] = await namesOf(entry)
    }
  }
  expect(surface).toMatchInlineSnapshot(`
    {
      "@countersign/conformance": [
        "defineConfig",
        "defineTarget",
        "type CheckResult",
        "type CommandTarget",
        "type Config",
        "type FailureDetails",
        "type Outcome",
        "type RemoteTarget",
        "type Report",
        "type StartedTarget",
        "type Target",
        "type TargetReport",
        "type TargetSource",
        "type Verdict",
      ],
      "@countersign/conformance/target": [
        "createHarness",
        "defineTarget",
        "readProcessEnvironment",
        "type Harness",
        "type HarnessRequest",
        "type Implementation",
        "type Manifest",
        "type Routes",
        "type StartedTarget",
        "type Target",
        "type TargetEnvironment",
      ],
      "@countersign/core": [
        "BillingError",
        "BodyBuffer",
        "createBilling",
        "createSignatureKey",
        "defineHandlers",
        "isBillingError",
        "memoryStore",
        "openReceiver",
        "silentLogger",
        "systemClock",
        "type AccountId",
        "type AnyEventHandler",
        "type AnyNotification",
        "type AnyNotificationHandler",
        "type AsyncTransaction",
        "type Billing",
        "type BillingErrorCode",
        "type BillingOptions",
        "type BillingSource",
        "type BodyLimits",
        "type Claim",
        "type Clock",
        "type CommitMark",
        "type CommitResult",
        "type ContextOf",
        "type Delivery",
        "type EffectResult",
        "type EventKey",
        "type EventNotification",
        "type EventOf",
        "type EventType",
        "type Failure",
        "type HandlerContext",
        "type HandlerFacts",
        "type Handlers",
        "type IdleState",
        "type Inbound",
        "type Lease",
        "type LogFields",
        "type Logger",
        "type MemoryTransaction",
        "type NamedHandlers",
        "type NotificationType",
        "type Recorded",
        "type Rejection",
        "type RejectionCause",
        "type RelatedObject",
        "type Reply",
        "type SignatureFailure",
        "type SignatureInput",
        "type SignatureKey",
        "type SignatureKeyOptions",
        "type SignatureResult",
        "type Store",
        "type StoreWork",
        "type StripeClient",
        "type StripeEvent",
        "type SyncTransaction",
        "type TimerHandle",
        "type TransactionKind",
        "type TransactionWork",
        "type WebhookReceiver",
        "type WebhookSecret",
        "verifySignature",
      ],
      "@countersign/core/fetch": [
        "fetchWebhook",
        "type FetchWebhookOptions",
      ],
      "@countersign/emulator": [
        "startEmulator",
        "type BillingSettings",
        "type DeliveryAttempt",
        "type Emulator",
        "type EmulatorClock",
        "type EmulatorOptions",
        "type EndpointOptions",
        "type LoggedRequest",
        "type StripeConfig",
      ],
      "@countersign/express": [
        "type ExpressHandler",
        "type ExpressRequest",
        "webhook",
      ],
      "@countersign/koa": [
        "type KoaContext",
        "type KoaMiddleware",
        "type WebhookOptions",
        "webhook",
      ],
      "@countersign/next": [
        "type WebhookRoute",
        "webhook",
      ],
      "@countersign/node": [
        "sendReply",
        "toInbound",
        "type KeptBody",
      ],
      "@countersign/remix": [
        "type WebhookAction",
        "webhook",
      ],
      "@countersign/stripe-mock": [
        "PINNED_VERSION",
        "StripeMockError",
        "findBinary",
        "findStripeMock",
        "readDescription",
        "startStripeMock",
        "type FoundStripeMock",
        "type OpenApiContent",
        "type OpenApiDescription",
        "type OpenApiOperation",
        "type OpenApiParameter",
        "type OpenApiSchema",
        "type StartOptions",
        "type StripeMock",
        "type StripeMockBinary",
      ],
    }
  `)
})
