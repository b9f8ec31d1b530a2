import type { NextConfig } from 'next'

const config: NextConfig = {
  transpilePackages: ['@countersign/core', '@countersign/next'],
}

export default config
