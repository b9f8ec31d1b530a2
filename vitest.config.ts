import { defineConfig } from 'vitest/config'

const timeouts = { testTimeout: 30_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...timeouts,
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'conformance/**/*.test.ts',
            'scripts/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/dist/**', 'scripts/apps.test.ts'],
          globalSetup: [
            'scripts/stripe-mock-setup.ts',
            'packages/postgres-server/src/test-run-setup.ts',
          ],
        },
      },
      {
        test: {
          ...timeouts,
          name: 'packed',
          include: ['scripts/packed/*.test.ts'],
          globalSetup: ['scripts/packed/pack-all.ts'],
        },
      },
      {
        test: {
          ...timeouts,
          name: 'apps',
          include: ['scripts/apps.test.ts'],
        },
      },
    ],
  },
})
