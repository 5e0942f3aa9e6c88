import PithGraph

extension Sub: BroadcastPrunable {}
