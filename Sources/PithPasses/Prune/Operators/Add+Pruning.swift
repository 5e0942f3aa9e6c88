import PithGraph

extension Add: BroadcastPrunable {}
