export default { transpilePackages: ['@countersign/core', '@countersign/next'] }
