import PithGraph

extension Mul: BroadcastPrunable {}
