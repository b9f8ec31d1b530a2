using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "receiver", worker = .receiver)],
  sockets = [(name = "http", http = (), service = "receiver")],
);

const receiver :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "bundled/worker.js")],
  bindings = [
    (name = "CONFORMANCE_TOKEN", fromEnvironment = "CONFORMANCE_TOKEN"),
    (name = "STRIPE_WEBHOOK_SECRETS", fromEnvironment = "STRIPE_WEBHOOK_SECRETS"),
  ],
  compatibilityDate = "2026-11-17",
  # From 2026-08-04 on Node's API is there unless both of these are said
  # (https://developers.cloudflare.com/changelog/post/2026-08-04-nodejs-compat-default/).
  compatibilityFlags = ["no_nodejs_compat", "no_nodejs_compat_v2"],
);
