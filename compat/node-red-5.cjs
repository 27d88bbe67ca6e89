// For `node --require`: whoever asks for Node-RED gets the one installed beside this file, wherever the asking file lies.
// That is how tests compiled against the package's own Node-RED 4 run on Node-RED 5 without a change. Node's public resolve
// hooks do not reach `require.resolve`, which the Node-RED test helper uses; hence the internal function.
const Module = require("node:module");

const isNodeRed = /^(node-red|@node-red\/[^/]+)(\/|$)/;
const resolveFilename = Module._resolveFilename;

Module._resolveFilename = (request, parent, isMain, options) =>
  resolveFilename(
    request,
    isNodeRed.test(request) ? module : parent,
    isMain,
    options,
  );
