export default {
  eslint: { ignoreDuringBuilds: true },
  transpilePackages: [
    '@countersign/conformance',
    '@countersign/core',
    '@countersign/next',
  ],
}
