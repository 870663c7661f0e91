const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 19))
  throw new Error(`@heron-webhooks/engine needs Node 22.19 or later; this is ${process.version}.`);
