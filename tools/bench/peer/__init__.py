"""The parts of tools/bench/peers: the networks, one module for each peer, the environments and the table."""
