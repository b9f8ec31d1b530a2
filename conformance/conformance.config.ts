import { defineConfig } from './src/index.ts'
import express4 from './targets/express-4/target.ts'
import express5 from './targets/express-5/target.ts'

export default defineConfig({
  targets: {
    'express-4': express4,
    'express-5': express5,
  },
})
