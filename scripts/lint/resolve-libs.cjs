// @ts-check
// For dependency-cruiser: `#libs/x` is what is written in libs/x, not what was compiled of it last.
const { join } = require('node:path');

module.exports = {
  resolve: { alias: { '#libs/*': join(__dirname, '../../libs/*/src/index.ts') } },
};
