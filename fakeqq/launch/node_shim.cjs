"use strict";
// Loaded into Node children with --require. Sends the platform's host names, port 443, to the TLS port of a local
// server. Certificates are checked as always: the name that was asked for stays the name in the handshake.

const dns = require("node:dns");
const net = require("node:net");

const ADDRESS = process.env.FAKEQQ_SHIM_ADDRESS;
const PORT = Number(process.env.FAKEQQ_SHIM_TLS_PORT);
const HOSTS = new Set((process.env.FAKEQQ_SHIM_HOSTS || "").split(","));

function isOurs(host) {
  return typeof host === "string" && HOSTS.has(host.toLowerCase().replace(/\.$/, ""));
}

function replace(owner, name, make) {
  const original = owner[name];
  const replacement = make(original);
  // Copies what util.promisify looks at, so that a promisified lookup keeps its shape.
  Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(original));
  owner[name] = replacement;
}

// A name of ours resolves to a number; the rest of the call (family, all, hints) is answered by Node itself.
function resolving(original) {
  return function lookup(host, ...rest) {
    return original.call(this, isOurs(host) ? ADDRESS : host, ...rest);
  };
}

if (ADDRESS && PORT) {
  replace(dns, "lookup", resolving);
  replace(dns.promises, "lookup", resolving);
  // net.connect, tls.connect, https, fetch and every WebSocket client end here.
  replace(net.Socket.prototype, "connect", (original) =>
    function connect(...args) {
      // Node's own callers pass an array they have normalized already: [options, callback].
      const inner = Array.isArray(args[0]) ? args[0] : args;
      let options = inner[0];
      if (options !== null && typeof options !== "object") {
        options = { port: inner[0], host: typeof inner[1] === "string" ? inner[1] : undefined };
      }
      const wanted = options && (options.host || options.hostname);
      if (options && Number(options.port) === 443 && (isOurs(wanted) || wanted === ADDRESS)) {
        const callback = inner.find((value) => typeof value === "function");
        // `options` itself stays as it is: TLS reads the name to verify from it.
        const target = { ...options, host: "127.0.0.1", hostname: undefined, port: PORT };
        return callback ? original.call(this, target, callback) : original.call(this, target);
      }
      return original.apply(this, args);
    },
  );
  require("node:module").syncBuiltinESMExports();
}
