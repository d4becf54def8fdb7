// @ts-check
// For dependency-cruiser: `#libs/x` is what is written in libs/x, not what was compiled of it last.
const path = require('node:path');

module.exports = {
  resolve: { alias: { '#libs/*': path.join(__dirname, '../../libs/*/src/index.ts') } },
};
