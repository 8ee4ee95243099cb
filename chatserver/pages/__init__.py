"""Pages and HTTP API: what a browser gets without a socket."""
