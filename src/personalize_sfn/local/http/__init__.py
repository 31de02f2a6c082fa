"""The HTTP side of the embedded AWS: connections, bodies, addresses and signatures."""
